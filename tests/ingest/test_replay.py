"""Refused lines, tried again: taken once, recorded, as if they had never been refused."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ticketledger
from tests.conftest import IS_NIGHTLY
from ticketledger.ingest import replaying
from ticketledger.ingest.commit import commit
from ticketledger.ingest.explain import Limits
from ticketledger.ingest.load import Request, ingest
from ticketledger.ingest.replaying import Replayed, refused, replay
from ticketledger.ingest.sources import find
from ticketledger.ingest.verification import verify
from ticketledger.models.errors import LedgerMissing
from ticketledger.models.store import open_store
from ticketledger.queries import run_checks

from .made import NOON, dump, footers, line, lines, load, stored
from .test_mutations import AFTER, BEFORE, mutated, swapped

NARROW = Limits(max_depth=4)
DEEP = line(7, more={"a": {"b": [[{}]]}})


def _load(root: Path, export: Path, limits: Limits) -> None:
    ingest(root, Request(find([str(export)]), "test", limits=limits, now=lambda: NOON))


def _replay(root: Path, **options: Any) -> Replayed:
    made = replay(root, version="test", now=lambda: NOON, **options)
    total = made.total
    assert total.accepted + total.duplicates + total.rejected + total.blank == total.lines
    assert list(verify(open_store(root))) == []
    return made


def _failures(root: Path) -> dict[str, object]:
    found = run_checks(open_store(root))
    return {check.name: rows.to_pylist() for check, rows in found if rows.num_rows}


def _told(root: Path) -> list[dict[str, Any]]:
    """The events without what says when they were loaded."""
    rows = sorted(stored(root), key=lambda row: str(row["event_id"]))
    return [{**row, "batch": None, "loaded_at": None} for row in rows]


def test_wider_limits_take_what_was_too_deep_once(tmp_path: Path) -> None:
    export = tmp_path / "a.jsonl"
    export.write_bytes(lines(2) + DEEP + b"\nbad\n" + line(3))
    root, wide = tmp_path / "ledger", tmp_path / "wide"
    _load(root, export, NARROW)
    assert [row["code"] for row in refused(open_store(root))] == ["too_deep", "invalid_json"]
    made = _replay(root)
    assert (made.tried, made.taken, made.total.accepted, made.commits) == (2, 1, 1, [2])
    assert [row["raw"] for row in refused(open_store(root))] == [b"bad"]
    assert len(footers(root)[1]["replayed"]) == 1
    _load(wide, export, Limits())
    assert _told(root) == _told(wide)
    again = _replay(root)
    assert (again.tried, again.taken, again.commits) == (1, 0, [])
    assert load(root, export).duplicates == 4
    assert _failures(root) == {}


def test_views_show_what_is_still_refused_and_which_commit_took_the_rest(tmp_path: Path) -> None:
    export = tmp_path / "a.jsonl"
    export.write_bytes(DEEP + b"\nbad\n")
    ledger = ticketledger.open(tmp_path / "ledger")
    _load(ledger.root, export, NARROW)
    ledger.refresh()
    assert ledger.replay().taken == 1
    assert ledger.sql("SELECT raw FROM rejects").rows() == [(b"bad",)]
    assert ledger.sql("SELECT batch, is_replay, lines, accepted FROM loads ORDER BY 1").rows() == [
        (1, False, 2, 0),
        (2, True, 1, 1),
    ]
    assert ledger.sql("SELECT raw FROM rejects", known_at=NOON).height == 2
    assert ledger.tickets().height == 1


def test_a_list_without_an_instant_is_taken_with_one(tmp_path: Path) -> None:
    export = tmp_path / "list.json"
    good = {"ticket_id": "T-1", "org_id": "o", "status": "open"}
    export.write_bytes(dump([good, {**good, "ticket_id": "T-2"}, {**good, "priority": {"a": 1}}]))
    root = tmp_path / "ledger"
    load(root, export)
    before = [row["code"] for row in refused(open_store(root))]
    assert len(before) == 3
    made = _replay(root, observed_at=NOON)
    assert (made.tried, made.taken, made.total.accepted) == (3, 2, 2)
    direct = tmp_path / "direct"
    load(direct, export, observed_at=NOON)
    assert _told(root) == _told(direct)


def test_a_piece_of_a_line_that_was_too_large_is_no_record(tmp_path: Path) -> None:
    export = tmp_path / "a.jsonl"
    whole = line(1).rstrip()
    export.write_bytes(b"x" * len(whole) + whole)
    root = tmp_path / "ledger"
    _load(root, export, Limits(max_bytes=len(whole)))
    assert [row["raw"] for row in refused(open_store(root))] == [b"x" * len(whole), whole]
    made = _replay(root)
    assert (made.tried, made.taken, made.commits) == (2, 0, [])
    assert stored(root) == []


def test_what_was_stored_meanwhile_is_a_duplicate(tmp_path: Path) -> None:
    export, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    export.write_bytes(DEEP)
    other.write_bytes(DEEP)
    root = tmp_path / "ledger"
    _load(root, export, NARROW)
    load(root, other)
    made = _replay(root)
    assert (made.taken, made.total.accepted, made.total.duplicates) == (1, 0, 1)
    assert list(refused(open_store(root))) == []
    assert _failures(root) == {}


def test_an_interrupted_replay_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = tmp_path / "a.jsonl"
    export.write_bytes(b"\n".join(line(n, more={"a": {"b": [[{}]]}}) for n in range(5)))
    root = tmp_path / "ledger"
    _load(root, export, NARROW)
    monkeypatch.setattr(replaying, "COMMIT_ROWS", 2)
    real, calls = commit, []

    def stops(*args: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args, **options)

    monkeypatch.setattr(replaying, "commit", stops)
    with pytest.raises(KeyboardInterrupt):
        _replay(root)
    made = _replay(root)
    assert (made.tried, made.taken, made.commits) == (3, 3, [3, 4])
    assert sorted(row["ticket_id"] for row in stored(root)) == [f"T-{n}" for n in range(5)]


@settings(max_examples=60 if IS_NIGHTLY else 15, deadline=None)
@given(st.lists(st.one_of(mutated(), swapped()), min_size=1, max_size=8))
def test_with_the_same_limits_nothing_is_taken(broken: list[bytes]) -> None:
    """What a line comes to does not depend on its neighbours."""
    with TemporaryDirectory() as folder:
        export = Path(folder) / "a.jsonl"
        export.write_bytes(b"\n".join([BEFORE, *broken, AFTER]))
        root = Path(folder) / "ledger"
        load(root, export)
        tried = len(list(refused(open_store(root))))
        made = _replay(root)
    assert (made.tried, made.taken) == (tried, 0), json.dumps(made.as_dict())


def test_no_ledger_is_made(tmp_path: Path) -> None:
    with pytest.raises(LedgerMissing):
        replay(tmp_path / "none", version="test")
    assert list(tmp_path.iterdir()) == []
