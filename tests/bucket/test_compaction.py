"""Commits in a bucket are merged by any number of machines at once; nothing is lost or doubled."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import ticketledger
from tests.conftest import IS_NIGHTLY, SAMPLES
from ticketledger.ingest import verify
from ticketledger.ingest.runs import Sized, aligned_runs
from ticketledger.models.errors import LedgerDamaged, LedgerError
from ticketledger.models.layout import CommitFile, commit_name, covering_set, run_name
from ticketledger.models.objects import Objects
from ticketledger.models.store import open_store

from .conftest import Machine
from .server import Way
from .test_bucket import LINES, STORED, stored, written

EACH = 1 if IS_NIGHTLY else 4
"""The quick form cuts a compaction off at every fourth request."""


COMMITS = 24 if IS_NIGHTLY else 10


@cache
def _apart(count: int) -> dict[str, bytes]:
    """The files of a folder's ledger of as many commits, two with a reject, by name."""
    with TemporaryDirectory() as told:
        folder = Path(told)
        ledger = ticketledger.open(folder / "ledger")
        for number in range(count):
            lines = [*LINES[number::count], *([b"bad\n"] if number in (0, 1) else [])]
            ledger.ingest([written(folder, f"{number}.jsonl", lines)], refresh=False)
        kept = ("ledger.json", "head.json", "events/*", "rejects/*")
        files = (path for pattern in kept for path in ledger.root.glob(pattern))
        return {path.relative_to(ledger.root).as_posix(): path.read_bytes() for path in files}


def load_apart(machine: Machine, url: str, count: int = 7) -> ticketledger.Ledger:
    """A ledger of as many commits, two with a reject, each of some lines of the samples."""
    for name, content in _apart(count).items():
        Objects(url).put(name, content)
    return machine()


def objects_in(url: str, folder: str = "events") -> list[str]:
    names = Objects(url).listed()
    return [name.partition("/")[2] for name in names if name.startswith(f"{folder}/")]


def read_by(url: str) -> list[str]:
    """The commits' files that count, without the first, by name."""
    files = [CommitFile(Path(name), *_numbers(name)) for name in objects_in(url)]
    return [file.path.stem for file in covering_set(files)][1:]


def _numbers(name: str) -> tuple[int, int]:
    first, _, last = name.removesuffix(".parquet").partition("-")
    return int(first), int(last or first)


def told(ledger: ticketledger.Ledger) -> list[list[tuple[Any, ...]]]:
    """Every event and reject with where it came from: all views are made of these."""
    events = "SELECT event_id, batch, source, source_line, loaded_at FROM events ORDER BY event_id"
    return [ledger.sql(query).rows() for query in (events, "FROM rejects ORDER BY batch")]


def assert_sound(ledger: ticketledger.Ledger) -> None:
    assert list(verify(open_store(ledger.root))) == []
    assert stored(ledger) == (STORED, STORED)


def test_commits_are_merged_and_removed_a_day_later(machine: Machine, url: str) -> None:
    ledger, other = load_apart(machine, url), machine()
    before = told(other)
    made = ledger.compact()
    assert made.files == [run_name(1, 4), run_name(5, 6)]
    assert (made.merged, made.removed, made.waiting) == (6, 0, 6)
    assert len(objects_in(url)) == 10, "who reads may have listed them a while ago"
    assert read_by(url) == ["00000001-00000004", "00000005-00000006", "00000007"]
    fresh = machine()
    for each in (ledger, other, fresh):
        assert told(each) == before
    assert len(list((fresh.root / "events").iterdir())) == 4, "nobody fetches what was replaced"
    rejects = len(objects_in(url, "rejects"))
    assert other.compact(grace_s=0).removed == 6
    assert len(objects_in(url)) == 4
    assert len(objects_in(url, "rejects")) == rejects, "no object goes on the day it came"
    assert ledger.ingest([SAMPLES], refresh=False).accepted == 0
    assert told(ledger) == before
    assert_sound(ledger)
    open_store(ledger.root).place.tidy()
    assert len(list((ledger.root / "events").iterdir())) == 4, "the mirror follows"
    for each in (ledger, machine()):
        assert told(each) == before
        assert_sound(each)


def test_what_stays_in_the_bucket_is_merged_there(machine: Machine, url: str) -> None:
    load_apart(machine, url, 4)
    ledger = machine(in_place=True)
    before = told(ledger)
    assert ledger.compact(grace_s=0).removed == 4
    assert read_by(url) == ["00000001-00000004"]
    for each in (ledger, machine()):
        assert told(each) == before
        assert_sound(each)


def test_compactions_and_loads_at_once(machine: Machine, url: str, tmp_path: Path) -> None:
    """Two machines merge and remove over and over while two others load."""
    failed: list[BaseException] = []
    loading = [2]

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as exc:
            failed.append(exc)

    def load(ledger: ticketledger.Ledger, first: int) -> None:
        try:
            for number in range(first, COMMITS, 2):
                path = written(tmp_path, f"{number}.jsonl", LINES[number::COMMITS])
                ledger.ingest([path], refresh=False)
        finally:
            loading[0] -= 1

    def merge(ledger: ticketledger.Ledger) -> None:
        while loading[0]:
            ledger.compact(grace_s=5)

    machine().ingest([], refresh=False)
    work = [partial(load, machine(), 0), partial(load, machine(), 1)]
    work += [partial(merge, machine()) for _ in range(2)]
    threads = [threading.Thread(target=run, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    last = machine()
    last.compact(grace_s=0)
    assert_sound(last)
    assert len(read_by(url)) <= 5
    alone = ticketledger.open(tmp_path / "folder")
    alone.ingest([SAMPLES], refresh=False)
    ids = "SELECT event_id FROM events ORDER BY event_id"
    assert last.sql(ids).rows() == alone.sql(ids).rows()


def test_a_compaction_that_is_cut_off_at_any_request_harms_nothing(
    machine: Machine, url: str, way: Way, record_property: Callable[[str, object], None]
) -> None:
    """From one request on nothing gets through, or no answer; the next run completes it."""
    ledger = load_apart(machine, url, 3)
    expected = told(ledger)
    points = 0
    for number in range(1, 200, EACH):
        way.asked.clear()
        loss = ("drop", "lose")[number // EACH % 2]
        way.judge = lambda asked, *_, last=number, how=loss: how if asked >= last else "pass"
        try:
            ledger.compact(grace_s=0)
        except LedgerError as exc:
            assert not isinstance(exc, LedgerDamaged), number
        is_over = len(way.asked) < number
        way.forget()
        assert told(ledger) == expected, number
        if is_over:
            break
        points += 1
    record_property("bucket: a compaction cut off", f"{points} of {points} requests")
    assert points > 2
    ledger.compact(grace_s=0)
    for each in (ledger, machine()):
        assert told(each) == expected
        assert_sound(each)


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=60),
    st.integers(1, 400),
    st.randoms(use_true_random=False),
)
def test_runs_never_overlap_in_part(sizes: list[int], most: int, chance: random.Random) -> None:
    """Whenever and of whatever length they are made; and few files are left."""
    present = {number + 1: (number + 1, size) for number, size in enumerate(sizes)}
    made: set[tuple[int, int]] = set()
    for limit in (chance.randrange(1, 400), most):
        seen = chance.randrange(1, len(sizes) + 1)  # what a machine knew of
        firsts = sorted(first for first, (last, _) in present.items() if last <= seen)
        files = [
            Sized(CommitFile(Path(commit_name(first)), first, present[first][0]), *present[first])
            for first in firsts
        ]
        files = [Sized(each.file, present[each.file.first][1], 0) for each in files]
        for run in aligned_runs(files, limit):
            first, last = run[0].file.first, run[-1].file.last
            assert sum(each.size_bytes for each in run) <= limit
            for each in run:
                del present[each.file.first]
            present[first] = (last, sum(each.size_bytes for each in run))
            made.add((first, last))
    for first, last in made:
        for other_first, other_last in made:
            apart = last < other_first or other_last < first
            within = (first <= other_first and other_last <= last) or (
                other_first <= first and last <= other_last
            )
            assert apart or within
    everything = [
        Sized(CommitFile(Path(commit_name(n)), n, n), 1, 1) for n in range(1, len(sizes) + 1)
    ]
    left = len(sizes) - sum(len(run) - 1 for run in aligned_runs(everything, 1000))
    assert left == bin(len(sizes)).count("1")
