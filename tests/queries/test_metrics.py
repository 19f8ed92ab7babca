"""The metrics of each ticket, against the plain twin and against cases worked out by hand."""

from __future__ import annotations

import json
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ticketledger

from ..strategies import conversations, splittings, with_ledgers, write_files
from ..strategies.conversations import stretched
from ..strategies.instants import CLOCK
from ..twin.calendars import Walk, clock
from ..twin.events import Envelope
from ..twin.metrics import metrics
from ..twin.values import EPOCH
from .answers import ingested, rows

AS_OF = stretched(CLOCK[-1])
HOURS = {
    "zone": "Asia/Kolkata",
    "week": {day: ["09:00-12:30", "13:30-18:00"] for day in ("mon", "tue", "thu", "sun")},
}
FILE = """
[calendars.office]
zone = "Asia/Kolkata"
[calendars.office.week]
mon = ["09:00-12:30", "13:30-18:00"]
tue = ["09:00-12:30", "13:30-18:00"]
thu = ["09:00-12:30", "13:30-18:00"]
sun = ["09:00-12:30", "13:30-18:00"]
"""


def _at(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


HOLDS: tuple[list[dict[str, Any]], ...] = (
    [],
    [{"status": "inprogress", "label": "vip"}, {"due_date": "future"}],
    [{"due_date": "future", "priority": [0, 1, 2]}, {"label": "billing"}],
)


def _holds(rules: list[dict[str, Any]]) -> str:
    """Return a file of statuses that says what is on hold."""
    lines = ["[statuses]"]
    for rule in rules:
        lines += ["[[statuses.on_hold]]", *(f"{k} = {json.dumps(v)}" for k, v in rule.items())]
    return "\n".join(lines)


@with_ledgers(each=3)
@given(conversations(), splittings, st.sampled_from(HOLDS))
def test_metrics_equal_the_twin(
    stream: list[Envelope], seed: int, on_hold: list[dict[str, Any]]
) -> None:
    business, _ = clock(Walk(HOURS))
    expected = metrics(stream, AS_OF, business, on_hold)
    with tempfile.TemporaryDirectory() as folder:
        hours = Path(folder) / "hours.toml"
        hours.write_text(FILE, "utf-8")
        statuses = Path(folder) / "statuses.toml"
        statuses.write_text(_holds(on_hold), "utf-8")
        written = write_files(Path(folder), stream, seed)
        ledger, _ = ingested(Path(folder), written.paths, seed)
        ledger.refresh()  # cheaper than planning the fold of the log into every metric
        answer = ledger.sql(
            "FROM ticket_metrics", as_of=_at(AS_OF), calendar=hours, statuses=statuses, to="arrow"
        )
    found = {(row["org_id"], row["ticket_id"]): row for row in rows(answer)}
    assert found.keys() == expected.keys()
    for key, row in expected.items():
        for name, value in row.items():
            is_real = isinstance(value, float)
            wanted = pytest.approx(value) if is_real else value
            assert found[key][name] == wanted, (key, name)


Told = tuple[str, str, dict[str, object]]
"""Name of an event, its time on 2 March 2026, and data; `was` in the data are the old values."""


def loaded(folder: Path, *told: Told) -> ticketledger.Ledger:
    """Return a ledger with an export of the one ticket in it."""
    lines = []
    for name, time, data in told:
        envelope: dict[str, object] = {"event": name, "org_id": "o", "timestamp": _day(time)}
        was = data.pop("was", None)
        if was is not None:
            envelope["previous_attributes"] = was
        kept = {key: _day(value) if key.endswith("_at") else value for key, value in data.items()}
        lines.append(json.dumps({**envelope, "data": {"ticket_id": "T", **kept}}))
    export = folder / "export.jsonl"
    export.write_text("\n".join(lines), "utf-8")
    ledger = ticketledger.open(folder / "ledger")
    ledger.ingest([export])  # with its cache: cheaper than planning the fold of the log
    return ledger


def _row(folder: Path, *told: Told, as_of: str = "14:00") -> dict[str, Any]:
    """Return the metrics of the one ticket of an export."""
    answer = loaded(folder, *told).sql(
        "FROM ticket_metrics", as_of=datetime.fromisoformat(_day(as_of)), to="arrow"
    )
    (row,) = answer.to_pylist()
    return dict(row)


def _day(time: object) -> str:
    return f"2026-03-02T{time}:00+00:00"


def _said(time: str, number: int, *, by_agent: bool, chat_id: str = "c") -> Told:
    side = "true" if by_agent else "false"
    data: dict[str, object] = {"message_id": f"{side}_c_{number}", "chat_id": chat_id}
    return ("message.created", time, data)


def _updated(time: str, was: dict[str, object], **data: object) -> Told:
    return ("ticket.updated", time, {**data, "was": was})


OPEN: Told = ("ticket.created", "09:00", {"status": "open", "chat_id": "c"})


def test_what_is_unseen_is_part_of_the_age(tmp_path: Path) -> None:
    row = _row(
        tmp_path,
        ("ticket.updated", "12:00", {"status": "open", "created_at": "10:00"}),
        _updated("13:00", {"status": "open"}, status="closed", created_at="10:00"),
    )
    assert (row["age_s"], row["unseen_time_s"]) == (4 * 3600, 2 * 3600)
    assert row["requester_wait_time_calendar_s"] == 3600
    assert row["first_resolution_time_quality"] == "interval"


def test_a_ticket_that_moves_to_another_chat_is_talked_about_there(tmp_path: Path) -> None:
    row = _row(
        tmp_path,
        OPEN,
        _said("09:30", 1, by_agent=False),
        _updated("10:00", {"chat_id": "c"}, status="open", chat_id="d"),
        _said("10:30", 2, by_agent=False),
        _said("11:00", 3, by_agent=True, chat_id="d"),
    )
    assert (row["customer_messages"], row["agent_messages"]) == (1, 1)
    assert row["first_reply_time_calendar_s"] == 2 * 3600


@pytest.mark.parametrize(
    ("last", "full", "lead"),
    [
        (None, 6, 6),
        ("open", None, None),
        ("archived", None, 6),
    ],
)
def test_resolution_times_by_what_came_last(
    tmp_path: Path, last: str | None, full: int | None, lead: int | None
) -> None:
    told: list[Told] = [
        ("ticket.created", "09:00", {"status": "open"}),
        _updated("12:00", {"status": "open"}, status="closed"),
        _updated("13:00", {"status": "closed"}, status="open"),
        _updated("15:00", {"status": "open"}, status="closed"),
    ]
    if last:
        told.append(_updated("16:00", {"status": "closed"}, status=last))
    row = _row(tmp_path, *told, as_of="17:00")
    names = ("first_resolution", "last_resolution", "full_resolution")
    found = [row[f"{name}_time_calendar_s"] for name in names] + [row["lead_time_calendar_s"]]
    expected: list[int | None] = [3, 6, full, lead]
    assert found == [None if hours is None else hours * 3600 for hours in expected]


def test_a_closing_that_was_lost_has_bounds(tmp_path: Path) -> None:
    row = _row(
        tmp_path,
        ("ticket.created", "09:00", {"status": "open", "priority": 1}),
        _updated("11:00", {"priority": 1}, status="closed", priority=2),
    )
    assert row["first_resolution_time_calendar_s"] == 2 * 3600
    assert row["first_resolution_time_quality"] == "interval"
    ledger = ticketledger.open(tmp_path / "ledger")
    query = (
        "SELECT low_us, high_us FROM ticket_metric_values WHERE metric = 'first_resolution_time'"
    )
    assert ledger.sql(query).rows() == [(0, 2 * 3_600_000_000)]


def test_turns_are_counted_not_messages(tmp_path: Path) -> None:
    row = _row(
        tmp_path,
        OPEN,
        *(_said(time, n, by_agent=False) for n, time in enumerate(("09:10", "09:15"))),
        *(_said(time, n, by_agent=True) for n, time in enumerate(("09:40", "09:41"), 2)),
        _said("10:10", 4, by_agent=False),
        as_of="11:10",
    )
    assert (row["reply_turns"], row["agent_replies"], row["agent_messages"]) == (1, 1, 2)
    assert row["total_reply_time_calendar_s"] == 30 * 60
    assert row["awaiting_reply_age_calendar_s"] == 3600
    assert row["first_reply_time_calendar_s"] == 40 * 60
    assert row["waiting_on_customer_calendar_s"] == 30 * 60
    assert row["waiting_on_us_calendar_s"] == 100 * 60


def test_assignees_come_back_and_go(tmp_path: Path) -> None:
    names = ["A", None, "A", "B", "A"]
    told = [OPEN]
    for hour, (was, name) in enumerate(zip([None, *names], names, strict=False), 10):
        told.append(_updated(f"{hour}:00", {"assignee": was}, status="open", assignee=name))
    row = _row(tmp_path, *told, as_of="16:00")
    assert (row["assignee_stations"], row["unique_assignees"]) == (4, 2)
    assert (row["reassignments"], row["ping_pongs"]) == (2, 1)
    assert row["unassigned_time_calendar_s"] == 2 * 3600
    assert row["time_to_first_assignment_calendar_s"] == 3600


def test_work_is_within_the_life_of_a_ticket_and_leads_to_its_closing(tmp_path: Path) -> None:
    told = {"assignee": "A", "created_at": "10:00"}
    lives: dict[str, list[Told]] = {
        "early": [  # the clock that stamps events is an hour behind the one that stamps tickets
            ("ticket.created", "09:00", {"status": "inprogress", **told}),
            _updated("11:00", {"status": "inprogress"}, status="closed", **told),
        ],
        "deleted": [  # nobody works on it meanwhile
            ("ticket.created", "09:00", {"status": "closed"}),
            ("ticket.deleted", "10:00", {"status": "closed", "was": {"is_deleted": False}}),
            _updated("11:00", {"status": "closed"}, status="inprogress"),
            _updated("12:00", {"status": "inprogress"}, status="closed"),
            _updated("13:00", {"is_deleted": True}, status="closed", is_deleted=False),
        ],
        "late": [  # who is assigned after the closing did not lead to it
            ("ticket.created", "09:00", {"status": "open"}),
            _updated("11:00", {"status": "open"}, status="closed"),
            _updated("12:00", {"assignee": None}, status="closed", assignee="A"),
        ],
    }
    every = [
        (name, time, {**data, "ticket_id": ticket})
        for ticket, life in lives.items()
        for name, time, data in life
    ]
    found = {
        row["ticket_id"]: [
            row[f"{name}_calendar_s"]
            for name in (
                "lead_time",
                "cycle_time",
                "time_to_first_assignment",
                "first_assignment_to_resolution",
                "last_assignment_to_resolution",
            )
        ]
        for row in loaded(tmp_path, *every).sql("FROM ticket_metrics").to_dicts()
    }
    assert found == {
        "early": [3600, 3600, 0, 3600, 3600],
        "deleted": [0, None, None, None, None],
        "late": [2 * 3600, None, 3 * 3600, None, None],
    }


def test_a_due_date_that_was_postponed_too_late(tmp_path: Path) -> None:
    def due(day: int) -> str:
        return f"2026-03-{day:02}T00:00:00+00:00"

    row = _row(
        tmp_path,
        ("ticket.created", "09:00", {"status": "open", "due_date": due(1)}),
        _updated("10:00", {"due_date": due(1)}, status="open", due_date=due(4)),
        _updated("11:00", {"status": "open"}, status="closed", due_date=due(4)),
        _updated("12:00", {"due_date": due(4)}, status="closed", due_date=due(9)),
    )
    assert (row["due_date_changes"], row["late_postponements"]) == (1, 1)
    assert row["due_date_slippage_s"] == 3 * 86_400
    assert (row["met_original_due"], row["met_last_due"], row["lateness_s"]) == (False, True, 0)


def test_every_number_names_the_events_that_made_it(demo: ticketledger.Ledger) -> None:
    lost = demo.sql("FROM metric_events AS m ANTI JOIN events AS e ON e.event_id = m.event_id")
    assert lost.rows() == []
    again = demo.sql(
        "WITH ends AS (SELECT org_id, ticket_id, sum(CASE kind WHEN 'fulfil' THEN 1 ELSE -1 END"
        " * epoch_us(happened_at)) AS took FROM metric_events WHERE metric = 'lead_time'"
        " GROUP BY ALL HAVING bool_or(kind = 'fulfil'))"
        " SELECT count(*), count(*) FILTER (took / 1e6 <> lead_time_calendar_s)"
        " FROM ends JOIN ticket_metrics USING (org_id, ticket_id)"
    ).rows()
    assert again[0][0] > 100
    assert again[0][1] == 0
