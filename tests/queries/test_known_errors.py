"""What other packages of the field get wrong, one case each (dbt_zendesk is the one to measure by).

Every case is small enough to be counted by hand; the numbers stand in the assertions.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .test_metrics import OPEN, Told, _row, _said, _updated, loaded

HOUR = 3600
Report = Callable[..., dict[str, Any]]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """Load events and ask a report that has one row."""

    def ask(name: str, *told: Told, **given: object) -> dict[str, Any]:
        (row,) = loaded(tmp_path, *told).report(name, given, to="arrow").to_pylist()
        return dict(row)

    return ask


def _closed(time: str) -> Told:
    return _updated(time, {"status": "open"}, status="closed", chat_id="c")


def _opened(time: str) -> Told:
    return _updated(time, {"status": "closed"}, status="open", chat_id="c")


def test_1_a_ticket_that_is_reopened_now_was_reopened(tmp_path: Path, report: Report) -> None:
    row = _row(tmp_path, OPEN, _closed("10:00"), _opened("11:00"))
    assert (row["place"], row["reopens"], row["resolutions"]) == ("active", 1, 1)
    assert report("ticket_summary")["reopens"] == 1


def test_2_an_open_ticket_has_no_full_resolution_time(tmp_path: Path, report: Report) -> None:
    row = _row(tmp_path, OPEN, _closed("10:00"), _opened("11:00"))
    assert row["full_resolution_time_calendar_s"] is None
    assert row["first_resolution_time_calendar_s"] == HOUR
    assert report("ticket_summary")["median_full_resolution_s"] is None


def test_3_without_any_message_a_ticket_is_unreplied(report: Report) -> None:
    row = report("ticket_summary", OPEN, _closed("10:00"))
    assert (row["unreplied"], row["unreplied_active"]) == (1, 0)
    again = report("ticket_summary", _said("09:30", 1, by_agent=True))
    assert again["unreplied"] == 0


def test_4_a_late_event_counts_as_if_it_had_come_in_time(tmp_path: Path) -> None:
    def told() -> list[Told]:
        return [OPEN, _closed("10:00"), _opened("11:00"), _closed("12:00")]

    in_time, late = tmp_path / "in_time", tmp_path / "late"
    for folder in (in_time, late):
        folder.mkdir()
    expected = _row(in_time, *told())
    created, closed, reopened, closed_again = told()
    _row(late, created, closed_again)
    found = _row(late, closed, reopened)
    assert found == expected
    assert (found["reopens"], found["first_resolution_time_calendar_s"]) == (1, HOUR)


def test_5_deleted_tickets_are_left_out_and_counted(report: Report) -> None:
    row = report(
        "ticket_summary",
        OPEN,
        _closed("10:00"),
        ("ticket.deleted", "11:00", {"status": "closed", "chat_id": "c", "is_deleted": True}),
    )
    assert (row["resolutions_tickets"], row["unreplied"], row["tickets_excluded"]) == (0, 0, 1)


def test_6_unassigned_time_has_the_stretch_that_is_open_and_those_in_between(
    tmp_path: Path,
) -> None:
    row = _row(
        tmp_path,
        OPEN,
        _updated("10:00", {"assignee": None}, status="open", assignee="A"),
        _updated("11:00", {"assignee": "A"}, status="open", assignee=None),
        as_of="13:00",
    )
    assert row["unassigned_time_calendar_s"] == 3 * HOUR
    assert row["assignee_stations"] == 1


def test_7_business_time_follows_the_clock_on_the_wall(tmp_path: Path) -> None:
    """Over the night in which Berlin's clocks go forward, 22:00 to 06:00 is seven hours."""
    ledger = loaded(tmp_path, OPEN)
    hours = tmp_path / "hours.toml"
    hours.write_text(
        '[calendars.nights]\nzone = "Europe/Berlin"\nweek = { sat = ["22:00-06:00"] }', "utf-8"
    )
    told = ledger.sql(
        "SELECT business_us('nights', TIMESTAMPTZ '2026-03-28 12:00+00',"
        " TIMESTAMPTZ '2026-03-29 12:00+00') / 3.6e9 AS hours",
        calendar=hours,
    )
    assert told.rows() == [(7.0,)]


def test_8_a_ticket_id_may_be_there_once_in_each_organisation(tmp_path: Path) -> None:
    ledger = loaded(tmp_path, OPEN, _closed("10:00"))
    lines = (tmp_path / "export.jsonl").read_text("utf-8")
    other = tmp_path / "other.jsonl"
    other.write_text(lines.replace('"org_id": "o"', '"org_id": "p"').splitlines()[0], "utf-8")
    ledger.ingest([other])
    found = ledger.sql(
        "SELECT org_id, ticket_id, place, resolutions FROM ticket_metrics ORDER BY ALL"
    )
    assert found.rows() == [("o", "T", "resolved", 1), ("p", "T", "active", 0)]
