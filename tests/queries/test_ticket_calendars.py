"""Which calendar a ticket goes by, and the default one that is always open."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import ticketledger
from ticketledger.queries import statements, uses_calendars

HOURS = """
default = "office"

[calendars.office]
zone = "Europe/Berlin"
week = {mon = ["09:00-17:00"], tue = ["09:00-17:00"]}

[calendars.urgent]
zone = "UTC"
week = {mon = ["00:00-24:00"], tue = ["00:00-24:00"]}

[calendars.gold]
zone = "UTC"
week = {mon = ["06:00-22:00"], tue = ["06:00-22:00"]}

[[rules]]
calendar = "gold"
label = ["gold", "Platinum"]
org_id = "o"

[[rules]]
calendar = "urgent"
priority = [3, 4]

[[rules]]
calendar = "gold"
priority = 0
label = "new"
"""

CREATED: dict[str, tuple[dict[str, Any] | None, str]] = {
    "plain": ({"priority": 1}, "office"),
    "urgent": ({"priority": 4}, "urgent"),
    "first rule wins": ({"priority": 4, "labels": "x, GOLD"}, "gold"),
    "spelt otherwise": ({"labels": ["PLATINUM"]}, "gold"),
    "null is none": ({"priority": None, "labels": "new"}, "gold"),
    "both must hold": ({"priority": 1, "labels": "new"}, "office"),
    "nothing told": ({}, "office"),
    "raised later": ({"priority": 1}, "office"),
    "first seen late": (None, "urgent"),
}


def told(event: str, minute: int, ticket_id: str, org_id: str = "o", **more: Any) -> str:
    data = {"ticket_id": ticket_id, "status": "open", **more}
    previous = data.pop("previous", None)
    at = f"2026-03-02T10:{minute:02d}:00Z"  # a Monday
    made = {"event": f"ticket.{event}", "org_id": org_id, "timestamp": at, "data": data}
    return json.dumps(made | ({"previous_attributes": previous} if previous else {}))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> ticketledger.Ledger:
    folder = tmp_path_factory.mktemp("calendars")
    (folder / "hours.toml").write_text(HOURS, "utf-8")
    lines = [told("created", 0, name, **data) for name, (data, _) in CREATED.items() if data]
    lines += [
        told("created", 0, "nothing told"),
        told("updated", 30, "raised later", priority=4, previous={"priority": 1}),
        told("updated", 30, "first seen late", priority=1, previous={"priority": 3}),
        told("created", 0, "plain", org_id="p", labels="gold"),
    ]
    (folder / "export.jsonl").write_text("\n".join(lines), "utf-8")
    ledger = ticketledger.open(folder / "ledger")
    ledger.ingest([folder / "export.jsonl"])
    return ledger


def chosen(ledger: ticketledger.Ledger, calendar: Path | None) -> dict[tuple[str, str], str]:
    rows = ledger.sql("FROM ticket_calendars", calendar=calendar).rows()
    return {(org_id, ticket_id): name for org_id, ticket_id, name in rows}


def test_the_first_rule_that_fits_the_first_state_chooses(ledger: ticketledger.Ledger) -> None:
    expected = {("o", name): calendar for name, (_, calendar) in CREATED.items()}
    expected["p", "plain"] = "office"  # `gold` is for another organisation
    assert chosen(ledger, ledger.root.parent / "hours.toml") == expected


def test_the_last_state_chooses_where_the_file_says_so(ledger: ticketledger.Ledger) -> None:
    hours = ledger.root.parent / "last.toml"
    hours.write_text(f'state = "last"\n{HOURS}', "utf-8")
    found = chosen(ledger, hours)
    first = chosen(ledger, ledger.root.parent / "hours.toml")
    assert {key: name for key, name in found.items() if name != first[key]} == {
        ("o", "raised later"): "urgent",
        ("o", "first seen late"): "office",
    }
    assert ledger.sql(
        "FROM ticket_calendars WHERE ticket_id = 'raised later'",
        calendar=hours,
        as_of=datetime(2026, 3, 2, 10, 15, tzinfo=UTC),
    ).rows() == [("o", "raised later", "office")]


def test_without_a_file_business_time_is_calendar_time(demo: ticketledger.Ledger) -> None:
    row = demo.sql(
        "SELECT count(*) AS n, count(DISTINCT c.calendar) AS calendars,"
        " count(*) FILTER (business_us(c.calendar, t.created_at, t.last_event_at)"
        "  = microseconds_between(t.created_at, t.last_event_at)) AS same,"
        " count(*) FILTER (business_at(c.calendar, t.created_at, 5)"
        "  = t.created_at + INTERVAL 5 MICROSECOND) AS reached,"
        " count(*) FILTER (is_business_time(c.calendar, t.created_at)) AS open"
        " FROM tickets AS t JOIN ticket_calendars AS c USING (org_id, ticket_id)"
    ).row(0, named=True)
    assert row == {"n": 194, "calendars": 1, "same": 194, "reached": 194, "open": 194}


def test_a_file_takes_the_place_of_the_default(ledger: ticketledger.Ledger) -> None:
    hours = ledger.root.parent / "hours.toml"
    names = "SELECT DISTINCT calendar FROM calendar_segments ORDER BY calendar"
    assert ledger.sql(names).rows() == [("default",)]
    assert ledger.sql(names, calendar=hours).rows() == [("gold",), ("office",), ("urgent",)]


def test_views_of_calendars_have_the_same_columns_with_a_file_and_without(
    ledger: ticketledger.Ledger,
) -> None:
    hours = ledger.root.parent / "hours.toml"
    for view in ("calendar_segments", "calendar_rules", "ticket_calendars"):
        default, bound = (ledger.sql(f"FROM {view}", calendar=each) for each in (None, hours))
        assert default.schema == bound.schema


def test_a_report_uses_calendars_if_anything_it_stands_on_does() -> None:
    assert uses_calendars("SELECT business_us('c', a, b) FROM t")
    assert uses_calendars("FROM ticket_calendars")
    assert not uses_calendars(statements("reports")["backlog_now"].sql)
