"""A ticket that was deleted and comes back: the deletion closed and reopened nothing."""

from __future__ import annotations

from typing import Any

import pytest

import ticketledger

from .answers import exported

HOUR = 3600


def _event(name: str, hour: int, status: str, was: dict[str, Any] | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {"event": f"ticket.{name}", "timestamp": f"2026-03-02T{hour:02}:00:00Z"}
    told["data"] = {"ticket_id": "T", "chat_id": "c", "status": status}
    return told if was is None else told | {"previous_attributes": was}


def _back(status: str, was: str) -> dict[str, Any]:
    told = _event("updated", 12, status, {"is_deleted": True, "status": was})
    told["data"]["is_deleted"] = False
    return told


OPEN = _event("created", 9, "open")
CLOSED = _event("updated", 10, "closed", {"status": "open"})
FILED = _event("updated", 10, "archived", {"status": "open"})
LIVES = {
    "closed": [OPEN, CLOSED, _event("deleted", 11, "closed"), _back("closed", "closed")],
    "reopened": [OPEN, CLOSED, _event("deleted", 11, "closed"), _back("open", "closed")],
    "archived": [OPEN, CLOSED, _event("deleted", 11, "closed"), _back("archived", "closed")],
    "closed meanwhile": [OPEN, _event("deleted", 11, "open"), _back("closed", "open")],
    "unarchived": [OPEN, FILED, _event("deleted", 11, "archived"), _back("open", "archived")],
    "gone": [OPEN, CLOSED, _event("deleted", 11, "closed")],
}
"""By organisation."""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> ticketledger.Ledger:
    folder = tmp_path_factory.mktemp("restored")
    told = [event | {"org_id": org_id} for org_id, life in LIVES.items() for event in life]
    kept = [_event("created", 9, "open"), _event("updated", 10, "closed", {"status": "open"})]
    for each in kept:
        each["data"]["ticket_id"] = "kept"
        told.append(each | {"org_id": "gone"})
    return exported(folder, told)


def _rows(ledger: ticketledger.Ledger, report: str, org_id: str) -> list[dict[str, Any]]:
    return [row for row in ledger.report(report).to_dicts() if row["org_id"] == org_id]


@pytest.mark.parametrize(
    ("org_id", "resolutions", "reopens"),
    [("closed", 1, 0), ("reopened", 1, 1), ("archived", 1, 0), ("closed meanwhile", 1, 0)],
)
def test_reports_agree_on_resolutions_and_reopens(
    ledger: ticketledger.Ledger, org_id: str, resolutions: int, reopens: int
) -> None:
    (summary,) = _rows(ledger, "ticket_summary", org_id)
    assert (summary["resolutions_events"], summary["reopens"]) == (resolutions, reopens)
    (metrics,) = _rows(ledger, "ticket_metrics", org_id)
    assert (metrics["resolutions"], metrics["reopens"]) == (resolutions, reopens)
    (row,) = _rows(ledger, "reopens", org_id)
    assert (row["resolutions"], row["reopens"]) == (resolutions, reopens)


def test_times_end_with_the_closing_and_not_with_the_return(ledger: ticketledger.Ledger) -> None:
    (row,) = _rows(ledger, "ticket_metrics", "closed")
    names = ("first_resolution_time", "full_resolution_time", "last_resolution_time", "lead_time")
    assert {row[f"{name}_calendar_s"] for name in names} == {HOUR}
    assert [row["lead_s"] for row in _rows(ledger, "cycle_time_scatter", "closed")] == [HOUR]
    assert sum(row["resolved"] for row in _rows(ledger, "hour_of_week", "closed")) == 1
    (row,) = _rows(ledger, "ticket_metrics", "closed meanwhile")
    assert row["lead_time_calendar_s"] == 3 * HOUR
    (row,) = _rows(ledger, "ticket_metrics", "unarchived")
    assert row["unarchives"] == 1


def test_what_a_deleted_ticket_did_is_counted_apart(ledger: ticketledger.Ledger) -> None:
    (row,) = _rows(ledger, "reopens", "gone")
    assert (row["resolutions"], row["tickets"], row["tickets_excluded"]) == (1, 1, 1)
    (row,) = _rows(ledger, "cycle_time_scatter", "gone")
    assert (row["ticket_id"], row["tickets_excluded"]) == ("kept", 1)
    (row,) = _rows(ledger, "chat_activity", "gone")
    assert (row["tickets_created"], row["tickets_excluded"]) == (1, 1)
