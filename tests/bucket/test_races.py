"""What happens between two steps of a machine when others write, merge and remove meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import ticketledger
from tests.conftest import IS_NIGHTLY
from ticketledger.ingest import verify
from ticketledger.models import bucket
from ticketledger.models.bucket import Bucket
from ticketledger.models.objects import Objects
from ticketledger.models.store import open_store

from .conftest import Machine
from .test_bucket import LINES, STORED, stored, written
from .test_compaction import load_apart, objects_in, read_by, told


def new_event(number: int) -> bytes:
    return (
        b'{"event":"ticket.updated","org_id":"o","timestamp":"2026-05-01T00:00:00Z",'
        b'"data":{"ticket_id":"T-%d","status":"open"}}\n' % number
    )


def findings(ledger: ticketledger.Ledger) -> list[Any]:
    return list(verify(open_store(ledger.root)))


def before(
    monkeypatch: pytest.MonkeyPatch, kind: type, name: str, happens: Callable[..., object]
) -> None:
    """Let something happen before the first call of a method, of which it is told."""
    method, is_over = getattr(kind, name), [False]

    def late(*args: Any) -> Any:
        if not is_over[0]:
            is_over[0] = True
            happens(*args)
        return method(*args)

    monkeypatch.setattr(kind, name, late)


def test_a_writer_that_slept_takes_another_number(
    machine: Machine, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_apart(machine, url, 3)

    def others(*_: object) -> None:
        other = machine()
        other.ingest([written(tmp_path, "more.jsonl", [new_event(1)])], refresh=False)
        other.compact(grace_s=0)

    before(monkeypatch, Bucket, "create", others)
    ledger = machine()
    path = written(tmp_path, "late.jsonl", [new_event(2)])
    assert ledger.ingest([path], refresh=False).commits == [5]
    for each in (ledger, machine()):
        assert findings(each) == []
        assert stored(each) == (STORED + 2, STORED + 2)


def test_what_a_writer_that_slept_and_died_left_does_no_harm(
    machine: Machine, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its commit has the number of one that was merged, and that a mirror knows."""
    load_apart(machine, url, 3)
    reader = machine()

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:

        def others(*_: object) -> None:
            other = machine()
            other.ingest([written(tmp_path, "more.jsonl", [new_event(1)])], refresh=False)
            told(reader)
            other.compact(grace_s=0)
            patched.setattr("ticketledger.ingest.commit._counts", dies)

        before(patched, Bucket, "create", others)
        with pytest.raises(KeyboardInterrupt):
            machine().ingest([written(tmp_path, "late.jsonl", [new_event(2)])], refresh=False)
    assert read_by(url) == ["00000001-00000004"]
    assert "00000004.parquet" in objects_in(url)
    (reader.root / "derived").mkdir()
    assert stored(reader) == (STORED + 1, STORED + 1)
    assert findings(reader) == []
    assert (reader.root / "derived").exists(), "it is taken for no other ledger"


def test_rejects_of_who_slept_for_a_day_are_kept(
    machine: Machine, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another machine took them for garbage before the commit, or the merged file, named them."""
    load_apart(machine, url, 4)
    ledger = machine()
    late = written(tmp_path, "late.jsonl", [b"worse\n"])
    for work in (lambda: ledger.ingest([late], refresh=False), lambda: ledger.compact(grace_s=0)):
        known = set(objects_in(url, "rejects"))
        swept: list[str] = []

        def sweep(*_: object, known: set[str] = known, swept: list[str] = swept) -> None:
            for name in set(objects_in(url, "rejects")) - known:
                Objects(url).delete(f"rejects/{name}")
                swept.append(name)

        with monkeypatch.context() as patched:
            before(patched, Bucket, "create", sweep)
            work()
        assert swept
    other = machine()
    assert findings(other) == []
    assert other.sql("SELECT count(*) FROM rejects").item() == 3


def test_merged_rejects_of_who_was_killed_are_no_one_elses(
    machine: Machine, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sweep removes them while another compaction of the same commits brings its own."""
    load_apart(machine, url, 4)
    monkeypatch.setattr(bucket, "_GRACE", timedelta(0))
    sweeper, other = machine(), machine()
    expected = told(other)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Bucket, "create", killed)
        with pytest.raises(KeyboardInterrupt):
            machine().compact()
    told(sweeper)
    time.sleep(1.1)  # the store tells whole seconds
    made: list[str] = []
    before(monkeypatch, Objects, "delete", lambda *_: made.extend(other.compact().files))
    sweeper.ingest([written(tmp_path, "known.jsonl", LINES[:1])], refresh=False)
    assert made
    fresh = machine()
    assert findings(fresh) == []
    assert told(fresh) == expected


def test_commits_on_a_run_that_another_one_replaces_stay_in_the_chain(
    machine: Machine, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 1 to 4 one machine makes 1-2 and 3-4, on which 5 is written, the other makes 1-4."""
    load_apart(machine, url, 4)
    slow, quick = machine(), machine()

    def others(*_: object) -> None:
        sizes = [path.stat().st_size for path in sorted((slow.root / "events").iterdir())]
        most = max(sizes[1] + sizes[2], sizes[3] + sizes[4])
        assert len(quick.compact(max_bytes=most).files) == 2
        quick.ingest([written(tmp_path, "more.jsonl", [new_event(1)])], refresh=False)

    before(monkeypatch, Bucket, "create", others)
    assert slow.compact().files == ["00000001-00000004.parquet"]
    assert read_by(url) == ["00000001-00000004", "00000005"]
    for each in (slow, quick, machine()):
        assert findings(each) == []
    assert machine().compact(grace_s=0).removed == 6


@pytest.mark.parametrize("in_place", [False, True] if IS_NIGHTLY else [True])
def test_a_longer_run_that_comes_while_parts_are_removed(
    machine: Machine,
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    in_place: bool,
) -> None:
    load_apart(machine, url, 3)
    quick, slow = machine(), machine(in_place=in_place)
    quick.compact()
    quick.ingest([written(tmp_path, "more.jsonl", [new_event(1)])], refresh=False)
    told(slow)
    before(monkeypatch, Bucket, "published", lambda *_: quick.compact())
    slow.compact(grace_s=0, max_bytes=1)
    assert findings(slow) == []
    assert stored(slow) == (STORED + 1, STORED + 1)


def test_parts_that_go_before_a_reader_in_place_looks_at_them(
    machine: Machine, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = load_apart(machine, url, 3)
    expected = told(quick)
    quick.compact()
    reader, kept, is_over = machine(in_place=True), Bucket._kept, [False]

    def late(place: Bucket) -> dict[str, str]:
        there = kept(place)
        if place.in_place and not is_over[0]:
            is_over[0] = True
            quick.compact(grace_s=0)
        return there

    monkeypatch.setattr(Bucket, "_kept", late)
    assert told(reader) == expected
    assert is_over[0]


def test_rejects_that_were_merged_are_missed_by_no_mirror(
    machine: Machine, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, other = load_apart(machine, url, 4), machine()
    expected = told(other)
    monkeypatch.setattr(bucket, "_GRACE", timedelta(0))
    for _ in range(3):
        ledger.compact(grace_s=0)
        time.sleep(1.1)  # the store tells whole seconds
    assert told(other) == expected
    assert findings(other) == []
