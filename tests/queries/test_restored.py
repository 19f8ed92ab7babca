"""A ticket that was deleted and comes back: the deletion closed and reopened nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ticketledger

from .test_metrics import OPEN, Told, _updated, loaded

CLOSED = _updated("10:00", {"status": "open"}, status="closed", chat_id="c")
DELETED: Told = ("ticket.deleted", "11:00", {"status": "closed", "chat_id": "c"})


def _copies(*told: Told) -> list[Told]:
    return [(name, time, dict(data)) for name, time, data in told]


def _back(status: str, was: dict[str, object]) -> Told:
    return _updated(
        "12:00", {"is_deleted": True, **was}, status=status, chat_id="c", is_deleted=False
    )


def _told(ledger: ticketledger.Ledger) -> list[tuple[Any, ...]]:
    """Return resolutions and reopens of each report that counts them."""
    summary = ledger.report("ticket_summary").row(0, named=True)
    metrics = ledger.report("ticket_metrics").row(0, named=True)
    reopens = ledger.report("reopens").row(0, named=True)
    return [
        (summary["resolutions_events"], summary["reopens"]),
        (metrics["resolutions"], metrics["reopens"]),
        (reopens["resolutions"], reopens["reopens"]),
    ]


def test_back_as_it_was_it_is_not_closed_again(tmp_path: Path) -> None:
    ledger = loaded(tmp_path, *_copies(OPEN, CLOSED, DELETED, _back("closed", {})))
    assert _told(ledger) == [(1, 0)] * 3
    row = ledger.report("ticket_metrics").row(0, named=True)
    names = ("first_resolution_time", "full_resolution_time", "last_resolution_time", "lead_time")
    assert {row[f"{name}_calendar_s"] for name in names} == {3600}
    assert ledger.report("hour_of_week")["resolved"].sum() == 1
    assert ledger.report("cycle_time_scatter")["lead_s"].to_list() == [3600]


@pytest.mark.parametrize(
    ("status", "expected"), [("open", (1, 1)), ("inprogress", (1, 1)), ("archived", (1, 0))]
)
def test_back_as_something_else_it_has_changed(
    tmp_path: Path, status: str, expected: tuple[int, int]
) -> None:
    back = _back(status, {"status": "closed"})
    assert _told(loaded(tmp_path, *_copies(OPEN, CLOSED, DELETED, back))) == [expected] * 3


def test_back_closed_after_it_was_deleted_open_it_is_closed_then(tmp_path: Path) -> None:
    gone: Told = ("ticket.deleted", "11:00", {"status": "open", "chat_id": "c"})
    ledger = loaded(tmp_path, *_copies(OPEN, gone, _back("closed", {"status": "open"})))
    assert _told(ledger) == [(1, 0)] * 3
    assert ledger.report("ticket_metrics")["lead_time_calendar_s"].to_list() == [3 * 3600]


def test_back_from_archive_and_deletion_it_is_unarchived(tmp_path: Path) -> None:
    filed = _updated("10:00", {"status": "open"}, status="archived", chat_id="c")
    gone: Told = ("ticket.deleted", "11:00", {"status": "archived", "chat_id": "c"})
    ledger = loaded(tmp_path, *_copies(OPEN, filed, gone, _back("open", {"status": "archived"})))
    assert ledger.report("ticket_metrics")["unarchives"].to_list() == [1]


def test_closings_of_a_deleted_ticket_are_counted_apart(tmp_path: Path) -> None:
    other = dict(OPEN[2]) | {"ticket_id": "kept"}
    kept: Told = ("ticket.created", "09:00", other)
    closed: Told = (
        "ticket.updated",
        "10:00",
        other | {"status": "closed", "was": {"status": "open"}},
    )
    ledger = loaded(tmp_path, *_copies(OPEN, CLOSED, DELETED, kept, closed))
    row = ledger.report("reopens").row(0, named=True)
    assert (row["resolutions"], row["tickets"], row["tickets_excluded"]) == (1, 1, 1)
    scatter = ledger.report("cycle_time_scatter")
    assert (scatter["ticket_id"].to_list(), scatter["tickets_excluded"].to_list()) == (
        ["kept"],
        [1],
    )
    activity = ledger.report("chat_activity")
    assert (activity["tickets_created"].sum(), activity["tickets_excluded"].sum()) == (1, 1)
