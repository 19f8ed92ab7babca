"""The cache answers what the log answers, however the commits came, and says when it does not."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from time import time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ticketledger
from ticketledger.models.errors import BadQuery, LedgerDamaged
from ticketledger.models.store import open_store
from ticketledger.queries import (
    compare_with_rebuild,
    derive,
    folding,
    parts,
    tables,
    touching,
)
from ticketledger.queries.generations import SERVED, Cache, current_cache, find_cache

from ..strategies import conversations, lifecycles, splittings, streams, with_ledgers, write_files
from ..twin.events import Envelope
from .answers import answers

VIEWS = sorted(SERVED - {"ticket_moments", "chat_states"} | {"tickets", "chats"})


def told(ledger: ticketledger.Ledger) -> dict[str, pa.Table]:
    return answers(ledger, dict(zip(VIEWS, VIEWS, strict=True)))


def from_the_log(ledger: ticketledger.Ledger) -> dict[str, pa.Table]:
    """Return the answers of a copy of the ledger that has no cache."""
    copy = ledger.root.with_name("without")
    shutil.copytree(ledger.root, copy, ignore=shutil.ignore_patterns("derived"))
    found = told(ticketledger.open(copy))
    shutil.rmtree(copy)
    return found


def cache_of(ledger: ticketledger.Ledger) -> Cache:
    store = open_store(ledger.root)
    found = current_cache(store, store.covering())
    assert found
    return found


@pytest.mark.parametrize("events_per_gb", [parts.EVENTS_PER_GB, 2])
@with_ledgers(each=8)
@given(st.one_of(lifecycles(), streams(), conversations(), conversations()), splittings)
def test_the_cache_that_followed_the_loads_equals_the_log(
    events_per_gb: int, stream: list[Envelope], seed: int
) -> None:
    """Load file by file, the cache following each; it must equal the log and a rebuild at once.

    With memory for two events a gigabyte, it follows in parts of six.
    """
    with tempfile.TemporaryDirectory() as folder:
        written = write_files(Path(folder), stream, seed)
        ledger = ticketledger.open(Path(folder) / "ledger")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(parts, "EVENTS_PER_GB", events_per_gb)
            for path in written.paths:
                ledger.ingest([path])
        assert compare_with_rebuild(open_store(ledger.root)) == []
        cached, logged = told(ledger), from_the_log(ledger)
    for view, table in cached.items():
        assert table.equals(logged[view]), view


def test_a_long_log_is_folded_in_parts(
    own_samples: ticketledger.Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of every kind; nothing of them stays, and the rows are in the order of a fold at once."""
    ledger = own_samples
    at_once = cache_of(ledger)
    cut: dict[str, int] = {}

    def set_apart(con: Any, key: str, events: str, folder: Path) -> list[Path]:
        made = parts.set_apart(con, key, events, folder)
        cut[key] = len(made)
        return made

    told: list[tuple[int, int]] = []

    def let_it_look_old(done: int, whole: int) -> None:
        """As if each step took so long that another refresh took the folder for a leftover."""
        (made,) = [
            path
            for path in at_once.root.iterdir()
            if path.is_dir() and path.name not in at_once.generations
        ]
        assert time() - made.stat().st_mtime < 60
        os.utime(made, (1e9, 1e9))
        told.append((done, whole))

    with monkeypatch.context() as patch:
        patch.setattr(parts, "EVENTS_PER_GB", 4)
        patch.setattr(folding, "set_apart", set_apart)
        patch.setattr(touching, "set_apart", set_apart)
        ledger.refresh(rebuild=True, progress=let_it_look_old)
    assert told[-1] == (len(told), len(told))
    assert set(cut) == {"touched_tickets", "touched_chats", "touched_messages"}
    assert min(cut.values()) > 1
    in_parts = cache_of(ledger)
    (folder,) = in_parts.generations
    assert [path.name for path in (in_parts.root / folder).iterdir() if path.is_dir()] == []
    assert compare_with_rebuild(open_store(ledger.root)) == []
    for view in SERVED:
        made, wanted = (pq.read_table(each.files(view)[0]) for each in (in_parts, at_once))
        keys = [name for name in tables.ORDER if name in wanted.column_names]
        assert made.select(keys).to_pylist() == wanted.select(keys).to_pylist(), view


def test_a_few_tickets_of_many_events_are_parts_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    events = [
        update(f"T-{n % 2}", n % 24, "open", None) | {"data": {"ticket_id": f"T-{n % 2}", "n": n}}
        for n in range(140)
    ]
    load(ledger, tmp_path / "e.jsonl", *events)
    monkeypatch.setattr(parts, "EVENTS_PER_GB", 40)  # a hundred and more at once
    told: list[int] = []
    ledger.refresh(rebuild=True, progress=lambda done, whole: told.append(whole))
    assert told[-1] > 5
    ledger.refresh(rebuild=True, memory="2000TB", progress=lambda done, whole: told.append(whole))
    assert told[-1] == 5


def test_a_wrong_question_about_business_time_is_no_damage(samples: ticketledger.Ledger) -> None:
    assert samples.sql("SELECT business_us('default', '2026-03-02', NULL) AS us").item() is None
    with pytest.raises(BadQuery):
        samples.sql("SELECT business_us('default', created_at, nope) FROM tickets")


def update(ticket_id: str, hour: int, status: str, previous: object) -> Envelope:
    return {
        "event": "ticket.updated",
        "org_id": "o",
        "data": {"ticket_id": ticket_id, "status": status},
        "previous_attributes": previous,
        "timestamp": f"2026-03-01T{hour:02}:00:00Z",
    }


def load(ledger: ticketledger.Ledger, path: Path, *envelopes: Envelope) -> None:
    path.write_text("\n".join(map(json.dumps, envelopes)))
    ledger.ingest([path])


def test_what_is_learned_of_a_sender_reaches_tickets_loaded_before(tmp_path: Path) -> None:
    """Only the third trusted `{}` makes the change at T-1's second event a gap."""
    ledger = ticketledger.open(tmp_path / "ledger")
    file = tmp_path / "e.jsonl"
    load(ledger, file, update("T-1", 1, "open", None), update("T-1", 2, "closed", {}))
    assert ledger.sql("FROM ticket_gaps").height == 0
    quiet = [update("T-2", hour, "open", {}) for hour in range(1, 15)]
    load(ledger, file, *quiet)
    assert len(cache_of(ledger).generations) <= 2
    assert ledger.sql("SELECT ticket_id, fields FROM ticket_gaps").rows() == [("T-1", ["status"])]
    assert compare_with_rebuild(open_store(ledger.root)) == []


def test_a_commit_folds_only_the_tickets_it_touches(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    file = tmp_path / "e.jsonl"
    load(ledger, file, *[update(f"T-{n}", 1, "open", None) for n in range(10)])
    load(ledger, file, update("T-3", 2, "closed", {"status": "open"}))
    cached = cache_of(ledger)
    assert cached.rows == (10, 2)
    newest = pq.read_table(cached.files("tickets_all")[-1])
    assert newest.column("ticket_id").to_pylist() == ["T-3"]
    assert ledger.sql("SELECT count(*) AS n FROM ticket_history").item() == 11


def message(number: int, hour: int, chat_id: str) -> Envelope:
    return {
        "event": "message.created",
        "org_id": "o",
        "data": {
            "message_id": f"false_{chat_id}_m{number}",
            "chat_id": chat_id,
            "sender_phone": "491700000001",
            "timestamp": f"2026-03-01T{hour:02}:00:00Z",
        },
        "timestamp": f"2026-03-01T{hour:02}:00:00Z",
    }


def in_chat(envelope: Envelope, chat_id: str) -> Envelope:
    return {**envelope, "data": {**envelope["data"], "chat_id": chat_id}}


def test_a_ticket_that_closed_before_leaves_its_messages_to_the_other(tmp_path: Path) -> None:
    """What happens to T-2 makes T-1, of the same chat, the only one a message can belong to."""
    ledger = ticketledger.open(tmp_path / "ledger")
    file = tmp_path / "e.jsonl"
    chats = {"T-1": "c1", "T-2": "c1", "T-3": "c3"}
    tickets = [in_chat(update(each, 1, "open", None), chats[each]) for each in sorted(chats)]
    load(ledger, file, *tickets, message(1, 5, "c1"), message(2, 5, "c3"))
    asked = "SELECT ticket_id, customer_messages, ambiguous_messages FROM ticket_metrics ORDER BY 1"
    assert ledger.sql(asked).rows() == [("T-1", 0, 1), ("T-2", 0, 1), ("T-3", 1, 0)]
    load(ledger, file, in_chat(update("T-2", 3, "closed", {"status": "open"}), "c1"))
    assert ledger.sql(asked).rows() == [("T-1", 1, 0), ("T-2", 0, 0), ("T-3", 1, 0)]
    newest = pq.read_table(cache_of(ledger).files("touched_talks")[-1])
    assert sorted(newest.column("ticket_id").to_pylist()) == ["T-1", "T-2"]
    assert compare_with_rebuild(open_store(ledger.root)) == []


def test_a_sender_who_turns_out_to_be_of_the_team_has_replied(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    file = tmp_path / "e.jsonl"
    load(ledger, file, in_chat(update("T-1", 1, "open", None), "c1"), message(1, 5, "c1"))
    asked = "SELECT agent_messages, customer_messages FROM ticket_metrics"
    assert ledger.sql(asked).rows() == [(0, 1)]
    member = {"contact_id": "491700000001", "is_internal": True}
    data = {"chat_id": "c1", "members": {"491700000001": member}}
    load(ledger, file, {**message(2, 9, "c1"), "event": "chat.updated", "data": data})
    assert ledger.sql(asked).rows() == [(1, 0)]
    assert compare_with_rebuild(open_store(ledger.root)) == []


def test_a_late_event_by_years_and_a_deletion_are_folded_in(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    file = tmp_path / "e.jsonl"
    load(ledger, file, update("T-1", 5, "closed", {"status": "open"}))
    late = update("T-1", 1, "inprogress", None) | {"timestamp": "2019-01-01T00:00:00Z"}
    gone = update("T-1", 6, "closed", None) | {"event": "ticket.deleted"}
    load(ledger, file, late, gone)
    assert ledger.sql("SELECT status, is_deleted FROM tickets_all").rows() == [("closed", True)]
    assert compare_with_rebuild(open_store(ledger.root)) == []


def test_a_cache_behind_the_log_is_not_used(
    own_samples: ticketledger.Ledger, tmp_path: Path
) -> None:
    ledger = own_samples
    kept = shutil.copytree(ledger.root / "derived", tmp_path / "kept")
    file = tmp_path / "e.jsonl"
    load(ledger, file, update("T-1", 1, "open", None))
    shutil.rmtree(ledger.root / "derived")
    shutil.copytree(kept, ledger.root / "derived")
    assert ledger.sql("SELECT count(*) AS n FROM tickets WHERE ticket_id = 'T-1'").item() == 1
    ledger.refresh()
    assert cache_of(ledger).commit == 2


def test_a_cache_of_other_definitions_or_torn_is_not_used(own_samples: ticketledger.Ledger) -> None:
    ledger = own_samples
    store = open_store(ledger.root)
    head = ledger.root / "derived" / "current.json"
    text = head.read_text()
    head.write_text(text.replace('"made_by": "', '"made_by": "x'))
    assert find_cache(store) is None
    head.write_text(text[:40])
    assert find_cache(store) is None
    head.write_text(text)
    Path(cache_of(ledger).files("ticket_history")[0]).unlink()
    assert find_cache(store) is None
    assert ledger.sql("FROM ticket_history").height > 0


def test_a_damaged_cache_is_told_as_such_and_not_as_a_bad_query(
    own_samples: ticketledger.Ledger,
) -> None:
    ledger = own_samples
    for path in (ledger.root / "derived").rglob("tickets_all.parquet"):
        raw = bytearray(path.read_bytes())
        begin = len(raw) - 8 - int.from_bytes(raw[-8:-4], "little")
        raw[begin : begin + 40] = bytes(each ^ 255 for each in raw[begin : begin + 40])
        path.write_bytes(raw)
    with pytest.raises(LedgerDamaged):
        ledger.sql("FROM tickets")
    with pytest.raises(BadQuery):
        ledger.sql("SELECT nothing FROM chats")


def test_a_cache_that_differs_from_the_log_is_found(own_samples: ticketledger.Ledger) -> None:
    ledger = own_samples
    path = cache_of(ledger).files("ticket_changes")[0]
    pq.write_table(pq.read_table(path).slice(1), path)
    assert compare_with_rebuild(open_store(ledger.root)) == ["ticket_changes"]
    ledger.refresh(rebuild=True)
    assert compare_with_rebuild(open_store(ledger.root)) == []


def test_many_small_commits_begin_anew_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "MOST_GENERATIONS", 2)
    ledger = ticketledger.open(tmp_path / "ledger")
    file = tmp_path / "e.jsonl"
    load(ledger, file, *[update(f"T-{n}", 1, "open", None) for n in range(100)])
    seen = set()
    for n in range(3):
        load(ledger, file, update(f"T-{n}", 2, "closed", {"status": "open"}))
        seen.add(len(cache_of(ledger).generations))
    assert seen == {1, 2}
    assert ledger.sql("SELECT count(*) AS n FROM tickets WHERE status = 'closed'").item() == 3


def test_what_was_replaced_stays_for_readers_however_long_ago_it_was_made(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    file = tmp_path / "e.jsonl"
    load(ledger, file, update("T-1", 1, "open", None))
    generation = cache_of(ledger).root / cache_of(ledger).generations[0]
    others = cache_of(ledger).root / "2026-photos"
    others.mkdir()
    for path in (generation, others):
        os.utime(path, (1e9, 1e9))
    ledger.refresh(rebuild=True)
    assert cache_of(ledger).generations[0] != generation.name
    assert generation.exists()  # replaced only now
    os.utime(generation, (1e9, 1e9))
    ledger.refresh(rebuild=True)
    assert not generation.exists()
    assert others.exists()  # it is not of our making
