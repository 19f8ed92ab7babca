"""The view `events` shows data whole, whatever pieces it is stored in."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import ticketledger

CHOICES: dict[str, list[Any]] = {
    "attached_messages": [..., None, [], [{"message_id": "m", "body": 'a "b"'}]],
    "chat": [..., None, {"chat_id": "c", "members": {"x": {}, "a": None}}],
    "message": [..., None, {}, {"body": "é\n"}],
    "unknown": [..., {"z": 1}],
}


def test_data_comes_back_whole_whatever_parts_it_has(tmp_path: Path) -> None:
    wanted = {}
    lines = []
    for number, values in enumerate(product(*CHOICES.values())):
        parts = {k: v for k, v in zip(CHOICES, values, strict=True) if v is not ...}
        data = {"ticket": {"ticket_id": f"T-{number:03d}", "status": "open"}, **parts}
        wanted[f"T-{number:03d}"] = data
        at = "2026-03-01T10:00:00Z"
        lines.append({"event": "ticket.updated", "org_id": "o", "timestamp": at, "data": data})
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    ledger = ticketledger.open(tmp_path / "ledger")
    assert ledger.ingest(tmp_path / "a.jsonl").accepted == len(wanted)
    rows = ledger.sql("SELECT ticket_id, data FROM events", to="arrow").to_pylist()
    assert {row["ticket_id"]: json.loads(row["data"]) for row in rows} == wanted
    for row in rows:
        data = wanted[row["ticket_id"]]
        spelled = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert row["data"] == spelled
