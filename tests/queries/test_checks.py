"""Integrity checks: silent on every healthy ledger, and loud about what each is there for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ticketledger
from ticketledger.models.store import open_store
from ticketledger.queries import run_checks, statements
from ticketledger.queries.session import session

from ..strategies import conversations, lifecycles, splittings, streams, with_ledgers, write_files
from ..twin.events import Envelope
from .answers import ingested

CHECKS = statements("checks")
VIEWS = frozenset(statements("views"))

SPOILS = {
    "chat_changes_open_versions": "UPDATE chat_changes SET old_value = new_value",
    "chat_deletion_has_its_instant": "UPDATE chats_all SET is_deleted = true",
    "chat_event_counts_agree": "UPDATE chats_all SET event_count = event_count + 1",
    "chat_events_are_folded_once": "INSERT INTO chat_states FROM chat_states LIMIT 1",
    "chat_history_tiles": "UPDATE chat_history SET valid_to = NULL",
    "chat_key_unique": "INSERT INTO chats_all FROM chats_all LIMIT 1",
    "chat_keys_match_values": "UPDATE ledger_events SET chat_keys = ','"
    " WHERE chat.chat_type = 'group'",
    "chat_last_version_is_current": "UPDATE chats_all SET chat_name = 'another'",
    "chat_members_have_their_chat": "DELETE FROM chats_all",
    "chat_order_runs_on": "UPDATE chat_states SET seq = seq + 1",
    "chat_versions_differ": "UPDATE chat_history SET custom_properties = NULL, labels = [],"
    " assigned_to = NULL, chat_name = NULL, closed_at = NULL, member_count = NULL,"
    " chat_image = NULL, chat_org_phones = NULL, is_archived = NULL, is_pinned = NULL,"
    " is_exited = NULL, group_description = NULL, invite_link = NULL, is_deleted = NULL",
    "chat_versions_have_their_event": "UPDATE chat_history SET evidence = 'declared'",
    "chats_are_those_not_deleted": "DELETE FROM chats",
    "commit_rows_match_loads": "UPDATE commits SET row_count = row_count + 1",
    "commits_dense": "UPDATE commits SET batch = batch + 1",
    "event_data_is_json": "UPDATE ledger_events SET envelope = '[]'",
    "event_id_recomputed": "UPDATE ledger_events SET event_at = event_at + INTERVAL 1 SECOND",
    "event_id_unique": "INSERT INTO ledger_events FROM ledger_events LIMIT 1",
    "event_ids_wellformed": "UPDATE ledger_events SET event_type = 'Chat.created'",
    "event_instants_exist": "UPDATE ledger_events SET event_at = 'infinity'",
    "event_labels_are_sets": "UPDATE ledger_events"
    " SET ticket = struct_update(ticket, labels := ['vip', 'billing']) WHERE ticket IS NOT NULL",
    "event_loaded_with_its_commit": "UPDATE ledger_events SET batch = batch + 1",
    "event_names_its_object": "UPDATE ledger_events SET ticket_id = ''",
    "event_previous_state_agrees": "UPDATE ledger_events SET previous_state = 'null'"
    " WHERE previous_state = 'absent'",
    "event_properties_are_maps": "UPDATE ledger_events"
    " SET ticket = struct_update(ticket, custom_properties := '{}') WHERE ticket IS NOT NULL",
    "load_counts_add_up": "UPDATE loads SET blank = blank + 1",
    "load_counts_are_counts": "UPDATE loads SET known_rejects = rejected + 1",
    "load_rejects_match": "DELETE FROM all_rejects",
    "load_rows_match_events": "DELETE FROM ledger_events WHERE source_line = 9",
    "message_ack_is_the_highest": "UPDATE messages SET ack = -1",
    "message_event_counts_agree": "DELETE FROM messages",
    "message_key_unique": "INSERT INTO messages FROM messages LIMIT 1",
    "message_keys_match_values": "UPDATE ledger_events SET message_keys = ',body,ack,'"
    " WHERE message_keys IS NOT NULL",
    "message_link_key_unique": "INSERT INTO ticket_messages FROM ticket_messages LIMIT 1",
    "message_links_have_their_event": "UPDATE ticket_messages SET ticket_id = 'T-0'",
    "reject_says_why": "UPDATE all_rejects SET code = ''",
    "ticket_active_times_add_up": "DELETE FROM ticket_metric_values WHERE metric = 'active_time'",
    "ticket_changes_match_states": "UPDATE ticket_changes SET old_value = '\"another\"'",
    "ticket_deletion_has_its_instant": "UPDATE tickets_all SET deleted_at = NULL",
    "ticket_event_counts_agree": "UPDATE tickets_all SET first_event_at = NULL",
    "ticket_events_are_folded_once": "DELETE FROM ticket_states WHERE seq = 2",
    "ticket_gaps_are_told": "DELETE FROM ticket_moments WHERE part = 0",
    "ticket_history_tiles": "UPDATE ticket_history SET version = version + 1 WHERE version > 1",
    "ticket_key_unique": "INSERT INTO tickets_all FROM tickets_all LIMIT 1",
    "ticket_keys_match_values": "UPDATE ledger_events"
    " SET ticket_keys = replace(ticket_keys, 'status,', '') WHERE ticket.status = 'open'",
    "ticket_last_version_is_current": "UPDATE tickets_all SET status = 'another'",
    "ticket_moments_run_on": "UPDATE ticket_moments SET starts_at = '2001-01-01' WHERE seq = 3",
    "ticket_order_runs_on": "UPDATE ticket_states SET is_last = true",
    "ticket_senders_are_learned": "INSERT INTO ticket_senders FROM ticket_senders LIMIT 1",
    "ticket_states_follow_each_other": "UPDATE ticket_states SET image = struct_update("
    "image, status := {'v': 'another'}) WHERE seq = 2",
    "ticket_status_replays": "DELETE FROM ticket_changes WHERE field = 'status'"
    " AND new_value = '\"closed\"'",
    "ticket_ties_are_placed": "UPDATE ticket_places SET place = 1",
    "ticket_times_add_up": "DELETE FROM ticket_metric_values WHERE value = 'closed'",
    "ticket_versions_are_bounded": "UPDATE ticket_history SET valid_from_earliest = NULL",
    "ticket_versions_differ": "INSERT INTO ticket_history"
    " SELECT * REPLACE (version + 1 AS version) FROM ticket_history WHERE valid_to IS NULL",
    "ticket_versions_have_their_event": "UPDATE ticket_history SET event_id = 'none'",
    "ticket_visits_do_not_overlap": "UPDATE ticket_spans SET since = '2001-01-01'",
    "tickets_are_those_not_deleted": "INSERT INTO tickets FROM tickets_all WHERE is_deleted",
    "tickets_at_the_end_are_now": "UPDATE tickets_all SET assignee = 'another'",
}
"""For each check, what breaks its invariant in a ledger whose every view is a table."""

GAP = """\
{"event":"ticket.updated","org_id":"o","timestamp":"2026-03-01T10:00:00Z",\
"data":{"ticket_id":"T-9","status":"open","priority":1},"previous_attributes":null}
{"event":"ticket.updated","org_id":"o","timestamp":"2026-03-01T11:00:00Z",\
"data":{"ticket_id":"T-9","status":"closed","priority":1},\
"previous_attributes":{"status":"inprogress"}}
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the samples and a lost event, on which every view is a table of its own."""
    folder = tmp_path_factory.mktemp("checked")
    (folder / "gap.jsonl").write_text(GAP)
    ledger = ticketledger.open(folder / "ledger")
    files = [Path(__file__).parents[1] / "fixtures" / "samples.jsonl", folder / "gap.jsonl"]
    ledger.ingest(files, refresh=False)  # no cache: what it has is read from it
    with session(open_store(ledger.root), kept=VIEWS) as con:
        yield con


def test_every_check_is_seen_to_fail() -> None:
    assert list(SPOILS) == list(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_finds_what_is_wrong_and_nothing_else(
    name: str, tables: duckdb.DuckDBPyConnection
) -> None:
    assert tables.sql(CHECKS[name].sql).fetchall() == []
    tables.execute("BEGIN")
    try:
        tables.execute(SPOILS[name])
        assert tables.sql(CHECKS[name].sql).to_arrow_table().num_rows > 0
    finally:
        tables.execute("ROLLBACK")


def test_the_samples_and_the_demo_pass_every_check(
    samples: ticketledger.Ledger, demo: ticketledger.Ledger
) -> None:
    for ledger in (samples, demo):
        assert _failures(ledger) == {}


def test_a_ledger_without_events_passes_every_check(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([])
    assert _failures(ledger) == {}


@with_ledgers(each=6)
@given(st.one_of(streams(), lifecycles(), conversations()), splittings)
def test_whatever_is_loaded_passes_every_check(stream: Sequence[Envelope], seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        written = write_files(Path(folder), stream, seed)
        ledger, _ = ingested(Path(folder), written.paths, seed)
        assert _failures(ledger) == {}


def _failures(ledger: ticketledger.Ledger) -> dict[str, object]:
    found = run_checks(open_store(ledger.root))
    return {check.name: rows.to_pylist() for check, rows in found if rows.num_rows}
