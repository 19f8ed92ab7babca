"""A ticket that was deleted and comes back: the deletion closed and reopened nothing."""

from __future__ import annotations

from pathlib import Path
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


def _told(name: str, hour: int, was: dict[str, Any] | None = None, **data: Any) -> dict[str, Any]:
    told = _event(name, hour, data.pop("status"), was)
    told["data"].update(data)
    return told | {"org_id": "o"}


X: dict[str, Any] = {"assignee": "x", "priority": 1}
Y: dict[str, Any] = {"assignee": "y", "priority": 3}
GONE = {"is_deleted": True}
TOUCHED_WHILE_DELETED = [
    _told("created", 9, status="open", **X),
    _told("updated", 10, {"status": "open"}, status="closed", **X),
    _told("deleted", 11, {"status": "closed"}, status="open", **X, **GONE),
    _told("updated", 12, X, status="open", **Y, **GONE),
]
RESTORED = _told("updated", 13, GONE, status="open", is_deleted=False, **Y)
WENT = ("status_transitions", "handoffs", "priority_changes", "process_dfg", "process_variants")


def test_what_is_told_of_a_deleted_ticket_happens_when_it_comes_back(tmp_path: Path) -> None:
    ledger = exported(tmp_path, [*TOUCHED_WHILE_DELETED, RESTORED])
    rows = {name: ledger.report(name).to_dicts() for name in WENT}
    steps = {(row["from_status"], row["to_status"]): row for row in rows["status_transitions"]}
    assert {step: row["events"] for step, row in steps.items()} == {
        (None, "open"): 1,
        ("open", "closed"): 1,
        ("closed", "open"): 1,
    }
    assert steps["closed", "open"]["wait_p50_s"] == 3 * HOUR
    assert [(row["from_assignee"], row["to_assignee"]) for row in rows["handoffs"]] == [("x", "y")]
    assert rows["handoffs"][0]["hold_before_p50_s"] == 4 * HOUR
    assert [row["direction"] for row in rows["priority_changes"]] == ["escalated"]
    assert [row["mean_s"] for row in rows["process_dfg"]] == [3 * HOUR, HOUR]
    assert [row["variant"] for row in rows["process_variants"]] == ["open > closed > open"]


@pytest.mark.parametrize(
    ("metric", "detail"),
    [
        ("reopens", "closed > open"),
        ("reassignments", "x > y"),
        ("priority_escalations", "1 > 3"),
    ],
)
def test_what_came_back_is_explained_by_what_it_was(
    tmp_path: Path, metric: str, detail: str
) -> None:
    ledger = exported(tmp_path, [*TOUCHED_WHILE_DELETED, RESTORED])
    (move,) = (row for row in ledger.explain("T", metric).to_dicts() if row["kind"] == "move")
    assert (move["detail"], move["starts_at"].hour) == (detail, 13)


def test_reports_on_how_tickets_went_tell_of_the_deleted_ones(tmp_path: Path) -> None:
    kept = _told("created", 8, status="closed", ticket_id="kept", **X)
    back = _told("updated", 9, {"status": "closed", **X}, status="open", ticket_id="kept", **Y)
    before = _told("updated", 10, {"status": "open", **X}, status="closed", **Y)
    gone = _told("deleted", 11, {"status": "closed"}, status="open", **Y, **GONE)
    later = _told("updated", 12, Y, status="open", **X, **GONE)
    ledger = exported(tmp_path, [TOUCHED_WHILE_DELETED[0], before, gone, later, kept, back])
    for name in WENT:
        rows = ledger.report(name).to_dicts()
        assert {row["tickets_excluded"] for row in rows} == {1}
        assert sum(row["cases" if name == "process_variants" else "events"] for row in rows) == (
            2 if name == "status_transitions" else 1
        )
    metrics = {row["ticket_id"]: row for row in ledger.report("ticket_metrics").to_dicts()}
    counts = ("assignee_stations", "reassignments", "ping_pongs", "priority_escalations")
    assert [metrics["T"][name] for name in counts] == [2, 1, 0, 1]


def test_who_is_assigned_to_a_deleted_ticket_has_not_taken_it(tmp_path: Path) -> None:
    created = _told("created", 9, status="open")
    gone = _told("deleted", 10, {"assignee": None}, status="open", assignee="x", is_deleted=True)
    (row,) = exported(tmp_path, [created, gone]).report("ticket_metrics").to_dicts()
    assert row["assignee_stations"] == row["unique_assignees"] == 0
    assert row["time_to_first_assignment_calendar_s"] is None
