"""A process that is killed at any request to the bucket leaves a whole commit or none.

Each point is a load in a process of its own that dies when its k-th request reaches the store, or
once the store has carried that out. Another machine looks at the ledger then, and the same load
runs again, on the mirror that the dead process left or on another.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

import ticketledger
from tests.conftest import IS_NIGHTLY
from ticketledger.ingest import verify
from ticketledger.models.errors import LedgerMissing
from ticketledger.models.store import open_store

from .conftest import Machine
from .server import Verdict, Way
from .test_bucket import LATER, LINES, later, stored, written

KINDS = ("before", "after")
EACH = 3
"""The quick form kills at every third request, of a new ledger's at every sixth, in turn."""

MORE = [*LINES[40:45], LATER, b"{broken\n"]
NEW = 6
"""Events in it, each time with other instants."""


def load(environment: dict[str, str], url: str, path: Path) -> None:
    """Load one file, in a process that has what it imports already."""
    os.environ.update(environment)
    ticketledger.open(url).ingest([path], refresh=False)


def killed(way: Way, process: BaseProcess, number: int, kind: str) -> bool:
    """Run a process to its end, or to its n-th request; says whether it came so far."""

    def kill() -> None:
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)

    def judge(asked: int, method: str, path: str) -> Verdict:
        if asked < number:
            return "pass"
        if asked == number and kind == "after":
            return "lose"
        kill()
        return "drop"

    way.forget()
    way.judge = judge
    way.carried = lambda asked: kill() if asked == number else None
    process.start()
    process.join()
    was_reached = len(way.asked) >= number
    way.forget()
    assert process.exitcode == (-signal.SIGKILL if was_reached else 0)
    return was_reached


@pytest.fixture(scope="module")
def context() -> multiprocessing.context.ForkServerContext:
    """Makes processes that begin with everything imported."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["tests.bucket.test_kills", "ticketledger.ingest.load"])
    return made


def points(each: int) -> list[tuple[int, str]]:
    """Return which requests are the last, and how."""
    if IS_NIGHTLY:
        return [(number, kind) for number in range(1, 60) for kind in KINDS]
    return [(number, KINDS[at % 2]) for at, number in enumerate(range(1, 60, each))]


def test_a_load_that_is_killed_is_whole_or_nothing(
    context: multiprocessing.context.ForkServerContext,
    machine: Machine,
    way: Way,
    url: str,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    writer, environment = machine(), dict(os.environ)
    writer.ingest([written(tmp_path, "a.jsonl", LINES[:40])], refresh=False)
    reader, tried = machine(), 0
    known = stored(reader)[0]
    for number, kind in points(EACH):
        path = written(tmp_path, f"{tried}.jsonl", [later(tried + 1, each) for each in MORE])
        process = context.Process(target=load, args=(environment, url, path))
        was_killed = killed(way, process, number, kind)
        now, different = stored(reader)
        assert now == different
        assert now in ((known, known + NEW) if was_killed else (known + NEW,)), (number, kind)
        again = (writer if number % 2 else reader).ingest([path], refresh=False)
        assert (again.accepted, again.rejected) == (known + NEW - now, 1), (number, kind)
        known += NEW
        assert stored(writer) == stored(reader) == (known, known)
        if not was_killed:
            break
        tried += 1
    record_property("bucket: a load killed", f"{tried} of {tried} requests")
    assert tried >= 4
    assert list(verify(open_store(machine().root))) == []


def test_a_new_ledger_whose_writer_is_killed_is_whole_or_nothing(
    context: multiprocessing.context.ForkServerContext,
    machine: Machine,
    way: Way,
    url: str,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    path, tried = written(tmp_path, "a.jsonl", MORE), 0
    for number, kind in points(2 * EACH):
        place = f"{url}/{number}-{kind}"
        machine()  # a mirror of its own
        process = context.Process(target=load, args=(dict(os.environ), place, path))
        was_killed = killed(way, process, number, kind)
        writer = ticketledger.open(place)
        machine()
        other = ticketledger.open(place)
        try:
            now, different = stored(other)
        except LedgerMissing:
            now = different = 0
        assert now == different
        assert now in ((0, NEW) if was_killed else (NEW,)), (number, kind)
        again = (writer if number % 2 else other).ingest([path], refresh=False)
        assert (again.accepted, again.rejected) == (NEW - now, 1), (number, kind)
        assert stored(writer) == stored(other) == (NEW, NEW)
        assert list(verify(open_store(other.root))) == []
        if not was_killed:
            break
        tried += 1
    record_property("bucket: a first load killed", f"{tried} of {tried} requests")
    assert tried >= 4
