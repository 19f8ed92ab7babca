"""Durations between instants: whole microseconds, and nothing where an instant is missing."""

from __future__ import annotations

import json
from pathlib import Path

import ticketledger


def test_a_duration_without_one_of_its_ends_is_unknown_not_zero(
    samples: ticketledger.Ledger,
) -> None:
    row = samples.sql(
        "SELECT microseconds_between(NULL::TIMESTAMPTZ, a) AS no_start,"
        " microseconds_between(a, NULL::TIMESTAMPTZ) AS no_end,"
        " microseconds_between(a, a - INTERVAL 1 SECOND) AS backwards,"
        " microseconds_between(a, a + INTERVAL 1 SECOND) AS forwards"
        " FROM (SELECT TIMESTAMPTZ '2026-03-01 00:00:00+00' AS a)"
    ).row(0, named=True)
    assert row == {"no_start": None, "no_end": None, "backwards": 0, "forwards": 1_000_000}


def test_a_ticket_without_reply_is_unreplied_and_in_no_median(tmp_path: Path) -> None:
    events: list[tuple[str, dict[str, object]]] = [
        ("ticket.created", {"ticket_id": number, "chat_id": f"c{number}", "status": "open"})
        for number in ("1", "2")
    ]
    replied_at = "2026-03-01T00:01:00Z"
    reply = {"message_id": "m", "chat_id": "c1", "from_me": True, "timestamp": replied_at}
    events.append(("message.created", reply))
    lines = [
        {"event": name, "org_id": "o", "timestamp": at, "data": data}
        for at, (name, data) in zip(
            ("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", replied_at), events, strict=True
        )
    ]
    source = tmp_path / "export.jsonl"
    source.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([source], refresh=False)
    row = ledger.report("ticket_summary").row(0, named=True)
    assert (row["unreplied"], row["unreplied_active"]) == (1, 1)
    assert row["median_first_reply_s"] == 60
