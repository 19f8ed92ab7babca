"""The same change, told by a hook and the audit log or by two hooks: one change, no loss."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import ticketledger
from tests.twin import state
from tests.twin.events import Envelope

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TICKET = {"ticket_id": "T", "org_id": "o", "chat_id": "c", "status": "open", "assignee": "ann"}
CLOSED = TICKET | {"status": "closed"}


def _at(milliseconds: float) -> str:
    return (NOON + timedelta(milliseconds=milliseconds)).isoformat()


def _hook(milliseconds: float, data: dict[str, Any], was: dict[str, Any] | None = None) -> Envelope:
    told: Envelope = {"event": "ticket.created" if was is None else "ticket.updated"}
    told |= {"org_id": "o", "timestamp": _at(milliseconds), "data": data}
    return told if was is None else told | {"previous_attributes": was}


def _audit(milliseconds: float, old: dict[str, Any], new: dict[str, Any]) -> Envelope:
    told = {"log_id": f"a{milliseconds}", "org_id": "o", "ticket_id": "T", "action": "UPDATE"}
    rest = {"type": "ticket", "performed_by": "zoe", "timestamp": _at(milliseconds)}
    return told | rest | {"old_record": old, "new_record": new}


OPENED = _hook(-3_600_000, TICKET)
CLOSING = _hook(0, CLOSED, {"status": "open"})


def _counted(folder: Path, *told: Envelope) -> tuple[int, int, int]:
    """Return resolutions, reopens and gaps of the one ticket."""
    (folder / "export.jsonl").write_text("\n".join(map(json.dumps, told)))
    ledger = ticketledger.open(folder / "ledger")
    assert ledger.ingest([folder / "export.jsonl"]).rejected == 0
    row = ledger.sql("SELECT resolutions, reopens, gaps FROM ticket_metrics").rows()[0]
    assert ledger.report("ticket_summary")["resolutions_events"].to_list() == [row[0]]
    return row


@pytest.mark.parametrize("late", [-500, 0, 1, 4_999])
def test_the_audit_log_tells_what_a_hook_told(tmp_path: Path, late: int) -> None:
    assert _counted(tmp_path, OPENED, CLOSING, _audit(late, TICKET, CLOSED)) == (1, 0, 0)


@pytest.mark.parametrize("late", [0, 3])
def test_two_hooks_need_not_say_the_same_of_what_did_not_change(tmp_path: Path, late: int) -> None:
    shut = CLOSED | {"closed_at": _at(0)}
    told = _hook(0, shut, {"status": "open"})
    more = _hook(late, shut | {"subject": "x"}, {"status": "open", "closed_at": None})
    assert _counted(tmp_path, OPENED, told, more) == (1, 0, 0)


def test_another_change_may_lie_between(tmp_path: Path) -> None:
    handed = _hook(500, CLOSED | {"assignee": "bob"}, {"assignee": "ann"})
    again = _audit(900, TICKET, CLOSED)
    again["new_record"] = again["new_record"] | {"assignee": "bob"}
    again["old_record"] = again["old_record"] | {"assignee": "bob"}
    assert _counted(tmp_path, OPENED, CLOSING, handed, again) == (1, 0, 0)


def test_what_is_told_again_much_later_is_a_loss(tmp_path: Path) -> None:
    assert _counted(tmp_path, OPENED, CLOSING, _audit(5_001, TICKET, CLOSED)) == (2, 1, 1)


def test_what_contradicts_in_something_else_too_is_a_loss(tmp_path: Path) -> None:
    """It was reopened, handed on and closed again, all within seconds; two events are lost."""
    again = _hook(3_000, CLOSED | {"assignee": "bob"}, {"status": "open"})
    assert _counted(tmp_path, OPENED, CLOSING, again) == (2, 1, 1)


@pytest.mark.parametrize("late", [1, 2_000, 5_000, 5_001])
def test_the_plain_twin_agrees(tmp_path: Path, late: int) -> None:
    again = _hook(late, CLOSED | {"subject": "x"}, {"status": "open", "priority": 2})
    told = [OPENED, CLOSING, again]
    _counted(tmp_path, *told)
    seen = ticketledger.open(tmp_path / "ledger").sql(
        "SELECT event_id, fields FROM ticket_gaps ORDER BY ALL"
    )
    twin = sorted((row["event_id"], row["fields"]) for row in state.ticket_gaps(told))
    assert seen.rows() == twin


def test_an_image_that_runs_ahead_is_told_by_what_declares_it(tmp_path: Path) -> None:
    bob = {"assignee": "bob"}
    ahead = _hook(0, CLOSED | bob, {"assignee": "ann"})
    told = _audit(2_000, TICKET | bob, CLOSED | bob)
    assert _counted(tmp_path, OPENED, ahead, told) == (1, 0, 0)
