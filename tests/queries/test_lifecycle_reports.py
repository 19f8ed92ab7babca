"""Reports on the lives of tickets, against counts over the plain twin."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given

import ticketledger

from ..strategies import conversations, splittings, with_ledgers, write_files
from ..strategies.conversations import stretched
from ..strategies.instants import CLOCK
from ..twin import chats, flows, properties, reports
from ..twin.events import Envelope
from ..twin.values import EPOCH
from .answers import ingested, rows

AS_OF = stretched(CLOCK[-1])
REPORTS: dict[str, tuple[tuple[str, ...], Callable[[reports.World], reports.Rows]]] = {
    "resolution_times": (("org_id", "metric", "clock"), reports.resolution_times),
    "first_reply": (("org_id",), reports.first_reply),
    "first_reply from first_message": (
        ("org_id",),
        lambda given: reports.first_reply(given, "first_message"),
    ),
    "first_reply from last_message": (
        ("org_id",),
        lambda given: reports.first_reply(given, "last_message"),
    ),
    "reply_times_by_agent": (("org_id", "agent"), reports.agents),
    "assignee_workload": (("org_id", "assignee"), flows.workload),
    "due_date_performance": (("org_id",), reports.due_dates),
    "handoffs": (("org_id", "from_assignee", "to_assignee", "by"), flows.handoffs),
    "touches": (("org_id",), reports.touches),
    "labels": (("org_id", "label"), flows.labels),
    "custom_properties": (("org_id", "property", "value"), properties.properties),
    "chat_activity": (("org_id", "bucket_start_utc"), chats.chats),
    "cumulative_flow": (("org_id", "bucket_start_utc"), flows.cumulative),
    "cycle_time_scatter": (("org_id", "ticket_id"), lambda given: reports.scatter(given, 3)),
    "process_variants": (("org_id", "variant"), flows.variants),
    "process_dfg": (("org_id", "source", "target"), flows.dfg),
    "hour_of_week": (("org_id", "dow", "hour"), flows.hours),
    "act_first": (("org_id", "ticket_id"), reports.act_first),
    "time_distribution": (("org_id", "metric", "bin"), reports.distribution),
    "priority_changes": (("org_id", "from_priority", "to_priority", "by"), flows.priorities),
}
OPTIONS: dict[str, dict[str, object]] = {
    "cycle_time_scatter": {"window": 3},
    "first_reply from first_message": {"frt_start": "first_message"},
    "first_reply from last_message": {"frt_start": "last_message"},
}
"""Parameters of a report, by its name or that and what sets it apart."""


@with_ledgers(each=6)
@given(conversations(), splittings)
def test_reports_equal_counts_over_the_twin(stream: list[Envelope], seed: int) -> None:
    given = reports.world(stream, AS_OF, lambda since, until: until - since)
    as_of = {"as_of": EPOCH + timedelta(microseconds=AS_OF)}
    with tempfile.TemporaryDirectory() as folder:
        written = write_files(Path(folder), stream, seed)
        ledger, _ = ingested(Path(folder), written.paths, seed)
        ledger.refresh()
        answers = {
            name: rows(
                _told(
                    ledger.report(
                        name.partition(" ")[0], {**as_of, **OPTIONS.get(name, {})}, to="arrow"
                    )
                )
            )
            for name in REPORTS
        }
    for name, (key, count) in REPORTS.items():
        _compare(name, key, answers[name], count(given))


def _told(answer: pa.Table) -> pa.Table:
    """The answer without what only repeats an instant on the clock of a zone."""
    return answer.drop([name for name in answer.column_names if name.endswith("_local")])


def _compare(
    name: str, key: tuple[str, ...], answer: list[dict[str, Any]], expected: reports.Rows
) -> None:
    found = {tuple(row[column] for column in key): row for row in answer}
    assert len(found) == len(answer), name
    if name == "resolution_times":
        found = {told: row for told, row in found.items() if told[-1] == "calendar"}
    assert found.keys() == expected.keys(), name
    for told, row in expected.items():
        for column, value in row.items():
            wanted = pytest.approx(value) if isinstance(value, float) else value
            assert found[told][column] == wanted, (name, told, column)


def _loaded(folder: Path, *records: dict[str, Any]) -> ticketledger.Ledger:
    export = folder / "export.jsonl"
    export.write_text("\n".join(map(json.dumps, records)))
    ledger = ticketledger.open(folder / "ledger")
    ledger.ingest([export])
    return ledger


def _event(name: str, time: str, was: dict[str, Any] | None, **data: Any) -> dict[str, Any]:
    at = {"timestamp": f"2026-03-02T{time}Z"}  # a Monday
    told = {"event": f"ticket.{name}", "org_id": "o", **at, "data": {"ticket_id": "T", **data}}
    return told if was is None else {**told, "previous_attributes": was}


def _audit(number: int, time: str, by: str, old: dict[str, Any] | None, **new: Any) -> Any:
    return {
        "log_id": str(number),
        "org_id": "o",
        "ticket_id": "T",
        "action": "UPDATE" if old else "INSERT",
        "type": "ticket",
        "performed_by": by,
        "old_record": {"ticket_id": "T", "org_id": "o", **old} if old else None,
        "new_record": {"ticket_id": "T", "org_id": "o", **new},
        "timestamp": f"2026-03-02T{time}Z",
    }


def test_who_changed_what_is_known_from_the_ticket_or_the_audit_log(tmp_path: Path) -> None:
    """Two rows of the log tell of one change of the ticket: the first of half of it."""
    states = [
        {"status": "open", "priority": 1},
        {"status": "inprogress", "priority": 1},
        {"status": "inprogress", "priority": 3},
        {"status": "inprogress", "priority": 4},
        {"status": "closed", "priority": 4},
    ]
    ledger = _loaded(
        tmp_path,
        _event("created", "09:00:00", None, **states[0], raised_by="ann@x.example"),
        _event("updated", "10:00:00", {"status": "open"}, **states[1]),
        _event("updated", "11:00:00", {"priority": 1}, **states[2]),
        _event("updated", "12:00:00", {"priority": 3}, **states[3]),
        _event("updated", "13:00:00", {"status": "inprogress"}, **states[4], closed_by="bob"),
        _audit(2, "11:00:02", "cem@x.example", states[1], **states[2]),
        _audit(3, "12:00:01", "eve@x.example", states[2], **{**states[2], "priority": 2}),
        _audit(4, "12:00:02", "dan@x.example", {**states[2], "priority": 2}, **states[3]),
    )
    answer = ledger.report("status_transitions", to="arrow").to_pylist()
    known = {(row["from_status"], row["to_status"]): row["actor_known_share"] for row in answer}
    assert known == {(None, "open"): 1, ("open", "inprogress"): 0, ("inprogress", "closed"): 1}
    answer = ledger.report("priority_changes", to="arrow").to_pylist()
    by = {(row["from_priority"], row["to_priority"], row["by"]) for row in answer}
    assert (1, 3, "cem@x.example") in by
    assert (2, 4, "dan@x.example") in by


def test_an_audit_row_that_only_spells_a_status_otherwise_names_nobody(tmp_path: Path) -> None:
    spelled = [{"status": "In Progress", "priority": 1}, {"status": "inprogress", "priority": 2}]
    ledger = _loaded(
        tmp_path,
        _event("created", "09:00:00", None, status="open", priority=1),
        _event("updated", "10:00:00", {"status": "open"}, **spelled[0]),
        _audit(2, "10:00:02", "ann@x.example", spelled[0], **spelled[1]),
    )
    answer = ledger.report("status_transitions", to="arrow").to_pylist()
    known = {(row["from_status"], row["to_status"]): row["actor_known_share"] for row in answer}
    assert known == {(None, "open"): 0, ("open", "inprogress"): 0}


def test_an_hour_is_staffed_if_most_of_it_came_while_the_default_calendar_was_open(
    tmp_path: Path,
) -> None:
    hours = tmp_path / "hours.toml"
    hours.write_text(
        'default = "office"\n[calendars.office]\nzone = "UTC"\n'
        '[calendars.office.week]\nmon = ["09:00-17:30"]\n'
        '[calendars.night]\nzone = "UTC"\n[calendars.night.week]\nmon = ["20:00-24:00"]\n'
    )
    times = ("08:10:00", "09:00:00", "17:10:00", "17:20:00", "17:40:00", "18:20:00", "21:00:00")
    created = [_event("created", time, None, status="open") for time in times]
    for number, record in enumerate(created):
        record["data"]["ticket_id"] = f"T-{number}"
    ledger = _loaded(tmp_path, *created)
    answer = ledger.report("hour_of_week", calendar=hours, to="arrow").to_pylist()
    assert {row["hour"]: row["staffed_flag"] for row in answer} == {
        8: False,
        9: True,
        17: True,
        18: False,
        21: False,
    }
    assert all(row["staffed_flag"] for row in ledger.report("hour_of_week", to="arrow").to_pylist())


def test_links_are_read_whatever_keys_stand_beside_them(tmp_path: Path) -> None:
    quoted, attached = "false_c1@c.us_Q1", "true_c1@c.us_U1"
    info = {
        "ticket": {"ticket_id": "T", "status": "open", "quoted_message_id": "Q1"},
        "chat": {"chat_id": "c1@c.us"},
        "message": {"message_id": quoted},
        "attached_messages": [{"message_id": attached}],
    }
    said = {"message_id": attached, "chat_id": "elsewhere@c.us", "from_me": True}
    beside: tuple[dict[str, Any], ...] = (
        {},
        {"after": 1},
        {"labels_version": 3},
        {"org_id": "o"},
        {"z": 0},
    )
    told = []
    for number, unknown in enumerate(beside):
        at = {"org_id": f"{number}", "timestamp": "2026-03-02T09:00:00Z"}
        reply = at | {"timestamp": "2026-03-02T09:30:00Z"}
        told.append({"event": "ticket.created", "data": info | unknown, **at})
        told.append({"event": "message.created", "data": said, **reply})
    ledger = _loaded(tmp_path, *told)
    links = "SELECT org_id, message_id, unique_id, link FROM ticket_messages ORDER BY ALL"
    metrics = "SELECT first_reply_time_calendar_s, agent_messages FROM ticket_metrics"
    assert ledger.sql(links).rows() == [
        (f"{number}", *link)
        for number in range(len(beside))
        for link in ((quoted, "Q1", "quoted"), (attached, "U1", "attached"))
    ]
    assert ledger.sql(metrics).rows() == [(1800.0, 1)] * len(beside)


def test_a_message_that_is_attached_twice_counts_once(tmp_path: Path) -> None:
    """Only one of the two events tells its short id, which is not where it would be in the long."""
    told = {"message_id": "false_c_1_m1", "unique_id": "m1", "chat_id": "c_1"}
    ticket = {"ticket_id": "T", "status": "open", "chat_id": "c_1"}
    at = {"org_id": "o", "timestamp": "2026-03-02T09:00:00Z"}
    info = {"ticket": ticket, "chat": None, "message": None, "attached_messages": [told]}
    ledger = _loaded(
        tmp_path,
        {"event": "ticket.created", "data": info, **at},
        {"event": "message.created", "data": {**told, "message_ticket_id": "T"}, **at},
    )
    assert ledger.sql("SELECT unique_id FROM ticket_messages").item() == "m1"
    assert ledger.sql("SELECT customer_messages FROM ticket_metrics").item() == 1
