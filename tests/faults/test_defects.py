"""Deliberate mistakes: each must be caught, or the harness would not see a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import IS_NIGHTLY

from .defects import DEFECTS
from .driver import Harness, Point, manners
from .library import KILLS, Call, Kind
from .model import images

KINDS = {
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
    points: list[tuple[Point, Call | None]] = [
        (Point(made.command, defect=defect, with_rival=made.shows == "rival"), None)
    ]
    if kinds := KINDS.get(made.shows):
        calls = harness.calls(made.command, defect=defect)
        near = [n for n, call in enumerate(calls) if made.at in call.step]
        around = sorted({m for n in near for m in (n, n + 1) if m < len(calls)})
        points = [
            (Point(made.command, calls[n].number, kind, defect), calls[n])
            for n in around
            for kind in kinds
        ]
    for point, call in points:
        result = harness.run(point)
        yield from result.problems
        if point.kind not in KILLS:
            yield from manners(point, result, call)


def lost_power(harness: Harness, place: Path, defect: str) -> Iterator[str]:
    """Yield what the model of a disk finds."""
    made = DEFECTS[defect]
    home = place / defect.replace(" ", "-")
    home.mkdir()
    log = harness.log(made.command, home / "copies", defect=defect)
    template = harness.template(made.command)
    found = list(images(log, template, home / "copies"))
    for number, image in enumerate(reversed(found)):
        image.write(home / str(number))
        yield from harness.check(made.command, home / str(number), image.acknowledged)


def test_every_mistake_is_caught(
    harness: Harness, place: Path, tell: Callable[[str], None]
) -> None:
    tried = list(DEFECTS) if IS_NIGHTLY else list(DEFECTS)[::4]
    with ThreadPoolExecutor(2) as threads:
        found_first = threads.map(lambda it: next(finds(harness, place, it), ""), tried)
        caught = dict(zip(tried, found_first, strict=True))
    missed = [defect for defect, found in caught.items() if not found]
    tell(f"caught {len(caught) - len(missed)} of {len(caught)} deliberate mistakes")
    for defect, found in caught.items():
        tell(f"  {defect}: {found[:90] or 'MISSED'}")
    assert missed == []


@pytest.mark.parametrize("with_rival", [False, True])
def test_without_a_mistake_there_is_nothing_to_catch(harness: Harness, with_rival: bool) -> None:
    result = harness.run(Point("append", with_rival=with_rival))
    assert (result.problems, manners(Point("append"), result)) == ([], [])
