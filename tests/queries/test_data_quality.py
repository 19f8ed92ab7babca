"""The report `data_quality` against the plain twin, and the rules that look beyond tickets."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ticketledger
from ticketledger.ingest import find
from ticketledger.ingest.load import Request
from ticketledger.models.errors import BadParameter

from ..strategies import lifecycles, splittings, streams, with_ledgers, write_files
from ..twin.events import Envelope
from ..twin.quality import findings
from .answers import ingested

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def quality(ledger: ticketledger.Ledger, **given_: object) -> dict[str, dict[str, Any]]:
    """Return the rows of the report by rule."""
    rows = ledger.report("data_quality", given_, to="arrow").to_pylist()
    return {row.pop("rule"): row for row in rows}


def loaded(folder: Path, *events: dict[str, Any]) -> ticketledger.Ledger:
    """Return a ledger that has loaded the events at noon; what they leave out is made up."""
    made = [
        {"org_id": "o", "timestamp": "2026-03-01T10:00:00Z", "event": "ticket.updated", **event}
        for event in events
    ]
    (folder / "export.jsonl").write_text("\n".join(map(json.dumps, made)), "utf-8")
    ledger = ticketledger.open(folder / "ledger")
    found = find([str(folder / "export.jsonl")])
    ledger.run(Request(found, ticketledger.__version__, now=lambda: NOON))
    return ledger


@with_ledgers(each=5)
@given(st.one_of(streams(), lifecycles()), splittings)
def test_rules_about_tickets_find_what_the_plain_twin_finds(
    stream: list[Envelope], seed: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        written = write_files(Path(folder), stream, seed)
        ledger, _ = ingested(Path(folder), written.paths, seed)
        found = quality(ledger)
    messages = sum(
        times
        for kind in ("chat", "message", "note")
        for times in [_times(found["probable_duplicates"]["detail"], kind)]
    )
    for rule, row in findings(stream).items() if found else ():
        told = found[rule]
        if rule == "probable_duplicates":  # the twin knows those of tickets
            assert told["rows"] - messages == row["rows"], rule
            continue
        assert {name: told[name] for name in row} == row, rule


def _times(detail: str | None, kind: str) -> int:
    noted = [note.removesuffix(")").split(" (") for note in (detail or "").split("; ") if note]
    return sum(int(times) for name, times in noted if name == kind)


def test_properties_of_several_types_drift(tmp_path: Path) -> None:
    values = ["1", "2", 3, None, "4", True]
    found = quality(
        loaded(
            tmp_path,
            *(
                {"data": {"ticket_id": f"T-{i}", "custom_properties": {"Floor": value, "a": "x"}}}
                for i, value in enumerate(values)
            ),
        )
    )["property_type_drift"]
    assert (found["rows"], found["tickets"]) == (2, 2)
    assert found["detail"] == "Floor: flag, not text (1); Floor: number, not text (1)"


def test_an_organisation_that_differs_inside_is_a_mismatch(tmp_path: Path) -> None:
    ledger = loaded(
        tmp_path,
        {"data": {"ticket_id": "T-1", "org_id": "o"}},
        {"data": {"ticket_id": "T-2", "org_id": "another"}},
        {"data": {"ticket": {"ticket_id": "T-3", "org_id": "another"}}},
        {"data": {"ticket": {"ticket_id": "T-4"}, "chat": {"chat_id": "c", "org_id": "another"}}},
        {"event": "chat.created", "data": {"chat_id": "c", "org_id": "another"}},
        {"org_id": None, "data": {"ticket_id": "T-5"}},
    )
    found = quality(ledger)
    assert (found["org_mismatch"]["rows"], found["org_mismatch"]["tickets"]) == (4, 3)
    assert found["org_mismatch"]["detail"] == "ticket (3); chat (1)"
    assert found["org_unknown"]["rows"] == 1
    assert quality(ledger, org_id="o")["org_unknown"]["rows"] == 0
    with pytest.raises(BadParameter, match="no ticket ever had the org_id `nobody`"):
        quality(ledger, org_id="nobody")


def test_an_event_more_than_a_minute_after_its_load_is_in_the_future(tmp_path: Path) -> None:
    times = ("12:00:59", "12:01:00", "12:01:01")
    events = [{"data": {"ticket_id": t}, "timestamp": f"2026-03-01T{t}Z"} for t in times]
    found = quality(loaded(tmp_path, *events))["event_in_future"]
    assert (found["rows"], found["severity"]) == (1, "error")


def test_an_event_of_before_2009_is_too_early(tmp_path: Path) -> None:
    years = ("0001", "2008", "2009")
    events = [{"data": {"ticket_id": t}, "timestamp": f"{t}-01-01T00:00:00Z"} for t in years]
    found = quality(loaded(tmp_path, *events))["event_too_early"]
    assert (found["rows"], found["severity"]) == (2, "error")


def test_unknown_names_and_refused_lines_are_told_by_name_and_code(tmp_path: Path) -> None:
    found = quality(
        loaded(
            tmp_path,
            {"event": "ticket.snoozed", "data": {"ticket_id": "T-1"}},
            {"event": "ticket.snoozed", "data": {"ticket_id": "T-2"}},
            {"data": {"ticket_id": "T-3", "status": 5}},
            {"timestamp": None, "data": {"ticket_id": "T-3"}},
        )
    )
    assert found["unknown_event_type"]["detail"] == "ticket.snoozed (2)"
    assert found["refused_lines"]["detail"] == "no_timestamp (1); wrong_type (1)"
    assert (found["refused_lines"]["rows"], found["refused_lines"]["tickets"]) == (2, 0)


def test_a_field_that_a_sender_never_declares_is_named(tmp_path: Path) -> None:
    events = [
        {
            "timestamp": f"2026-03-01T10:00:{second:02}Z",
            "data": {"ticket_id": "T-1", "status": f"s{second}", "subject": f"{second}"},
            "previous_attributes": {"subject": f"{second - 1}"},
        }
        for second in range(5)
    ]
    found = quality(loaded(tmp_path, *events))["unreported_fields"]
    assert found["detail"] == "o status (1)"
    assert (found["rows"], found["tickets"], found["example_event_id"]) == (1, 1, None)


def test_a_property_that_is_null_did_not_move_when_it_is_gone(tmp_path: Path) -> None:
    """Three of three moves went undeclared, so the sender never declares properties."""
    properties = [{"n": 1}, {"n": 2}, {"n": 3}, {"n": None}, None, {"n": None}]
    events = [
        {
            "timestamp": f"2026-03-01T10:00:{second:02}Z",
            "data": {"ticket_id": "T-1", "custom_properties": told, "subject": f"{second}"},
            "previous_attributes": {"subject": f"{second - 1}"},
        }
        for second, told in enumerate(properties)
    ]
    found = quality(loaded(tmp_path, *events))["unreported_fields"]
    assert found["detail"] == "o custom_properties (1)"


def test_what_happened_later_is_not_judged(tmp_path: Path) -> None:
    ledger = loaded(
        tmp_path,
        {"data": {"ticket_id": "T-1", "status": "on_hold"}},
        {"data": {"ticket_id": "T-1", "status": "gone"}, "timestamp": "2026-03-01T11:00:00Z"},
    )
    then = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)
    assert quality(ledger)["unknown_status"]["detail"] == "gone (1); on_hold (1)"
    assert quality(ledger, as_of=then)["unknown_status"]["detail"] == "on_hold (1)"


def test_a_zero_instant_of_a_ticket_is_none_and_is_counted(tmp_path: Path) -> None:
    """Else a ticket took 739,676 days, and was overdue all the time."""
    zero = "0001-01-01T00:00:00Z"
    told = {"ticket_id": "T-1", "created_at": zero, "due_date": "1970-01-01T00:00:00Z"}
    ledger = loaded(
        tmp_path,
        {"event": "ticket.created", "data": {**told, "status": "open"}},
        {
            "data": {**told, "status": "closed", "closed_at": "2008-12-31T23:59:59Z"},
            "timestamp": "2026-03-01T11:00:00Z",
        },
        {
            "data": {"ticket_id": "T-2", "created_at": "2009-01-01T00:00:00Z"},
            "timestamp": "2026-03-01T11:00:00Z",
        },
    )
    found = quality(ledger)["zero_instants"]
    assert (found["rows"], found["tickets"], found["severity"]) == (2, 1, "warning")
    assert found["detail"] == "created_at+due_date (1); created_at+due_date+closed_at (1)"
    row = ledger.sql("FROM tickets WHERE ticket_id = 'T-1'").row(0, named=True)
    assert (row["created_at"], row["due_date"], row["closed_at"]) == (None, None, None)
    times = ledger.sql("FROM ticket_metrics WHERE ticket_id = 'T-1'").row(0, named=True)
    assert times["full_resolution_time_calendar_s"] == 3600
    assert (times["met_last_due"], times["overdue_now"]) == (None, False)
    other = ledger.sql("FROM tickets WHERE ticket_id = 'T-2'").row(0, named=True)
    assert other["created_at"] == datetime(2009, 1, 1, tzinfo=UTC)
