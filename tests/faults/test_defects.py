"""Deliberate mistakes: each must be caught, or the harness would not see a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .defects import DEFECTS
from .driver import Harness, Point, manners
from .library import Call, Kind
from .model import images

KINDS = {
    "run": [Kind.NONE],
    "rival": [Kind.NONE],
    "kill": [Kind.KILL_BEFORE, Kind.TORN_WRITE],
    "error": [Kind.EIO],
    "short": [Kind.SHORT_WRITE],
}
"""Faults that bring a mistake to light, by what `Defect.shows` says."""


def finds(harness: Harness, place: Path, defect: str) -> Iterator[str]:
    """Yield what is found wrong with a mistake in the code; the first will do."""
    made = DEFECTS[defect]
    if made.shows == "power":
        yield from lost_power(harness, place, defect)
        return
    kinds = KINDS[made.shows]
    calls = [] if kinds == [Kind.NONE] else harness.calls(made.command, defect=defect)
    points = [(Point(made.command, 0, Kind.NONE, defect, with_rival=made.shows == "rival"), None)]
    if calls:
        points = [
            (Point(made.command, it.number, kind, defect), it) for it in calls for kind in kinds
        ]
    for point, call in points:
        result = harness.run(point)
        yield from result.problems
        if point.kind not in (Kind.KILL_BEFORE, Kind.TORN_WRITE):
            yield from manners(point, result, call)


def lost_power(harness: Harness, place: Path, defect: str) -> Iterator[str]:
    """Yield what the model of a disk finds."""
    made = DEFECTS[defect]
    home = place / defect.replace(" ", "-")
    home.mkdir()
    log = harness.log(made.command, home / "copies", defect=defect)
    template = harness.home / "template" / made.command
    found = list(images(log, template, home / "copies"))
    for number, image in enumerate(reversed(found)):
        image.write(home / str(number))
        yield from harness.check(made.command, home / str(number), image.acknowledged)


def test_every_mistake_is_caught(
    harness: Harness, place: Path, tell: Callable[[str], None]
) -> None:
    caught = {defect: next(finds(harness, place, defect), "") for defect in DEFECTS}
    missed = [defect for defect, found in caught.items() if not found]
    tell(f"caught {len(caught) - len(missed)} of {len(caught)} deliberate mistakes")
    for defect, found in caught.items():
        tell(f"  {defect}: {found[:90] or 'MISSED'}")
    assert missed == []


@pytest.mark.parametrize("with_rival", [False, True])
def test_without_a_mistake_there_is_nothing_to_catch(harness: Harness, with_rival: bool) -> None:
    for command in ("ingest", "append"):
        result = harness.run(Point(command, with_rival=with_rival))
        assert (result.problems, manners(Point(command), result)) == ([], [])
