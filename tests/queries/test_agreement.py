"""Reports that tell of the same thing tell the same, in the corners of what is known."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ticketledger


def _ledger(folder: Path, *told: dict[str, Any], at: datetime | None = None) -> ticketledger.Ledger:
    (folder / "export.jsonl").write_text("\n".join(map(json.dumps, told)))
    ledger = ticketledger.open(folder / "ledger")
    done = ledger.ingest([folder / "export.jsonl"], observed_at=at)
    assert (done.accepted, done.rejected) == (len(told), 0)
    return ledger


def _event(name: str, time: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"event": name, "org_id": "o", "timestamp": time, "data": data, **more}


CREATED = {"created_at": "2026-02-10T09:00:00Z"}


def test_no_report_counts_a_closing_that_nobody_dated(tmp_path: Path) -> None:
    seen = {"ticket_id": "seen", "status": "closed", **CREATED}
    found = {"ticket_id": "found", "status": "closed", "priority": 2, **CREATED}
    ledger = _ledger(
        tmp_path,
        _event(
            "ticket.updated", "2026-03-02T09:00:00Z", found, previous_attributes={"priority": 1}
        ),
        _event(
            "ticket.updated", "2026-03-02T10:00:00Z", seen, previous_attributes={"status": "open"}
        ),
    )
    assert ledger.report("ticket_summary")["resolutions_events"].item() == 1
    assert ledger.report("reopens")["resolutions"].sum() == 1
    assert ledger.report("hour_of_week")["resolved"].sum() == 1
    metrics = ledger.report("ticket_metrics").to_dicts()
    assert {row["ticket_id"]: row["resolutions"] for row in metrics} == {"found": 0, "seen": 1}
    assert {row["ticket_id"]: row["lead_time_quality"] for row in metrics} == {
        "found": "interval",
        "seen": "exact",
    }


def test_a_ticket_known_from_a_list_alone_has_one_age(tmp_path: Path) -> None:
    row = {"ticket_id": "T", "org_id": "o", "chat_id": "c", "status": "open", "assignee": "ann"}
    ledger = _ledger(tmp_path, row, at=datetime(2026, 3, 2, 8, tzinfo=UTC))
    later = {"as_of": "2026-03-02T20:00:00Z"}
    assert ledger.report("backlog_now", later)["oldest_age_s"].to_list() == [12 * 3600]
    assert ledger.report("act_first", later)["age_s"].to_list() == [12 * 3600]
    assert ledger.report("ticket_metrics", later)["age_s"].to_list() == [12 * 3600]
    for until, created in (("08:00:01", 1), ("08:00:00", 0)):
        period = later | {"to": f"2026-03-02T{until}Z"}
        assert ledger.report("ticket_summary", period)["created"].to_list() == [created]


def test_an_hour_that_the_clock_shows_twice_is_two(tmp_path: Path) -> None:
    times = [f"2026-10-25T0{hour}:30:00Z" for hour in (0, 1)]
    ledger = _ledger(
        tmp_path,
        *(
            _event("ticket.created", at, {"ticket_id": at, "chat_id": "c", "status": "open"})
            for at in times
        ),
        *(_event("message.created", at, {"message_id": at, "chat_id": "c"}) for at in times),
    )
    rows = ledger.report("chat_activity", {"grain": "hour"}, timezone="Europe/Berlin").to_dicts()
    assert [(row["messages_in"], row["tickets_created"]) for row in rows] == [(1, 1), (1, 1)]
    assert [row["bucket_start_utc"].hour for row in rows] == [0, 1]
    assert {row["bucket_start_local"].hour for row in rows} == {2}


def test_a_member_is_known_whatever_the_phone_looks_like(tmp_path: Path) -> None:
    members = {"91@c.us": {"contact_id": "91@c.us", "is_internal": True}}
    chat = {"chat_id": "g@g.us", "chat_type": "group", "members": members}
    senders: list[dict[str, Any]] = [
        {"author": "91@c.us"},
        {"author": "", "sender_phone": "91@c.us"},
        {"author": None, "sender_phone": "91"},
        {"sender_phone": "92"},
    ]
    ledger = _ledger(
        tmp_path,
        _event("chat.created", "2026-03-02T09:00:00Z", chat),
        *(
            _event(
                "message.created",
                f"2026-03-02T09:0{number}:00Z",
                {"message_id": f"false_g@g.us_{number}", "chat_id": "g@g.us", **sender},
            )
            for number, sender in enumerate(senders)
        ),
    )
    told = ledger.sql("SELECT is_agent FROM agent_messages ORDER BY message_id")
    assert told["is_agent"].to_list() == [True, True, True, False]


def test_a_creation_that_the_audit_log_tells_too_is_one(tmp_path: Path) -> None:
    ticket = {"ticket_id": "T", "org_id": "o", "chat_id": "c", "status": "open"}
    creation = _event("ticket.created", "2026-03-02T09:00:00Z", ticket)
    log = {"log_id": "a", "org_id": "o", "ticket_id": "T", "action": "INSERT", "type": "ticket"}
    log |= {"performed_by": "zoe", "timestamp": "2026-03-02T09:00:01Z"}
    again = _event("ticket.created", "2026-03-02T09:10:00Z", ticket | {"status": "closed"})
    ledger = _ledger(tmp_path, creation, log | {"old_record": None, "new_record": ticket}, again)
    rules = {row["rule"]: row["rows"] for row in ledger.report("data_quality").to_dicts()}
    assert rules["created_twice"] == 1
