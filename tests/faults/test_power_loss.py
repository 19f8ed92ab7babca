"""The power goes at any instant: what was reported is there, and the fsyncs are why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import IS_NIGHTLY

from . import blockdevice
from .commands import COMMANDS
from .driver import Harness
from .model import images

ON_EXT4 = ["ingest", "append"] if IS_NIGHTLY else ["append"]


def modelled(harness: Harness, place: Path, command: str, **more: object) -> list[list[str]]:
    """Return what is wrong with each ledger that the model of a disk leaves."""
    home = place / f"model-{command}-{len(more)}"
    home.mkdir()
    template = harness.home / "template" / command
    log = harness.log(command, home / "copies", **more)
    ledgers = []
    rarer = 1 if IS_NIGHTLY or more else {"derived": 9, "feed": 27}.get(COMMANDS[command].writes, 5)
    for number, image in enumerate(list(images(log, template, home / "copies"))[::rarer]):
        root = home / str(number)
        image.write(root)
        ledgers.append((root, image.acknowledged))
    return harness.check_all(command, ledgers)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_disk_that_keeps_only_what_was_synced_keeps_what_was_reported(
    command: str, harness: Harness, place: Path, tell: Callable[[str], None]
) -> None:
    found = modelled(harness, place, command)
    whole = sum(not problems for problems in found)
    tell(f"power loss, modelled, {command}: {whole} of {len(found)} states of the disk")
    assert [problems for problems in found if problems] == []


@pytest.mark.parametrize("command", ["ingest", "append"])
def test_without_fsync_the_model_finds_losses(command: str, harness: Harness, place: Path) -> None:
    found = modelled(harness, place, command, without_syncs=True)
    assert any(it.startswith("A:") for problems in found for it in problems)


@pytest.fixture(scope="module")
def mounts(place: Path) -> None:
    """Skip, with the reason, where no ext4 image can be mounted."""
    if reason := blockdevice.missing(place):
        pytest.skip(reason)


def lost_power(
    harness: Harness, folder: Path, command: str, *, without_syncs: bool
) -> tuple[int, list[list[str]]]:
    """Return the number of calls, and what is wrong with the ledger on each image."""
    folder.mkdir()
    calls, found = blockdevice.losses(harness, command, folder, without_syncs=without_syncs)
    ledgers = [(blockdevice.recover(loss, folder), loss.acknowledged) for loss in found]
    return calls, harness.check_all(command, ledgers)


@pytest.mark.usefixtures("mounts")
@pytest.mark.parametrize("command", ON_EXT4)
def test_ext4_without_power_keeps_what_was_reported(
    command: str, harness: Harness, place: Path, tell: Callable[[str], None]
) -> None:
    calls, found = lost_power(harness, place / f"ext4-{command}", command, without_syncs=False)
    whole = sum(not problems for problems in found)
    tell(
        f"power loss, ext4, {command}: {whole} of {len(found)} different images"
        f" at {calls + 1} instants"
    )
    assert len(found) > 5
    assert [problems for problems in found if problems] == []


@pytest.mark.usefixtures("mounts")
@pytest.mark.parametrize("command", ON_EXT4)
def test_ext4_without_fsync_loses_what_was_reported(
    command: str, harness: Harness, place: Path
) -> None:
    _, found = lost_power(harness, place / f"bare-{command}", command, without_syncs=True)
    assert any(it.startswith("A:") for problems in found for it in problems)
