"""What is read to be compared: tickets and audit rows, with or without an instant, none lost."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ticketledger.ingest import find, observe
from ticketledger.ingest import observation as module
from ticketledger.ingest.explain import Limits
from ticketledger.models import schema
from ticketledger.models.rejection import Code

from .made import NOON, Json, dump, envelope

ROW: Json = {"org_id": "o", "ticket_id": "T-1", "status": "open", "labels": ["VIP ", "vip"]}
UPDATED: Json = {**ROW, "last_updated_at": "2026-03-01T10:00:00Z"}
INFO: Json = {"ticket": {"ticket_id": "T-1", "org_id": "o"}, "chat": {"chat_id": "1@g.us"}}
AUDIT: Json = {
    "log_id": 7,
    "org_id": "o",
    "ticket_id": "T-1",
    "old_record": {"status": "open", "priority": 1},
    "new_record": {"status": "closed", "priority": 1},
    "timestamp": "2026-03-01T10:00:00Z",
}


def seen(folder: Path, *values: Any, observed_at: datetime | None = None) -> module.Observation:
    """Observe the values as JSON Lines."""
    path = folder / "seen.jsonl"
    path.write_bytes(b"\n".join(map(dump, values)))
    return observe(find([str(path)]), observed_at)


def test_tickets_are_read_as_ingest_reads_them(tmp_path: Path) -> None:
    listed = {"from": 0, "to": 1, "count": 1, "tickets": [UPDATED]}
    made = seen(tmp_path, listed, {**INFO, "org_id": "o"}, AUDIT)
    assert made.rows.schema == schema.OBSERVED
    rows = made.rows.to_pylist()
    assert [(row["form"], row["ticket_id"]) for row in rows] == [
        ("snapshot", "T-1"),
        ("snapshot", "T-1"),
        ("audit_log", "T-1"),
    ]
    assert rows[0]["ticket"]["labels"] == ["vip"]
    assert rows[1]["ticket_keys"] == ",chat_id,"
    assert rows[2]["ticket_before_keys"] == ",status,"


def test_an_instant_is_the_given_one_else_the_tickets_own_else_unknown(tmp_path: Path) -> None:
    ten = datetime(2026, 3, 1, 10, tzinfo=UTC)
    for observed_at, instants in ((None, [None, ten, None, ten]), (NOON, [NOON, NOON, NOON, ten])):
        made = seen(tmp_path, ROW, UPDATED, INFO, AUDIT, observed_at=observed_at)
        assert made.rows["observed_at"].to_pylist() == instants


def test_records_of_other_kinds_are_counted_and_passed_over(tmp_path: Path) -> None:
    chat, message = {"chat_id": "1@g.us"}, {"message_id": "m", "timestamp": "2026-03-01"}
    made = seen(tmp_path, envelope(), chat, message, ROW)
    assert (made.passed_over, made.rejected, made.rows.num_rows) == (3, 0, 1)


def test_refused_records_are_counted_and_five_are_kept_to_show(tmp_path: Path) -> None:
    made = seen(tmp_path, *[{**ROW, "status": 5}] * 6, ROW)
    assert (made.rejected, len(made.examples), made.rows.num_rows) == (6, 5, 1)
    name, reject = made.examples[0]
    assert (Path(name).name, reject.line, reject.path) == ("seen.jsonl", 1, "status")


def test_limits_hold_as_in_ingest(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_bytes(dump({**ROW, "custom_properties": {"a": {"b": {}}}}))
    made = observe(find([str(path)]), None, Limits(max_depth=2))
    assert [reject.code for _, reject in made.examples] == [Code.TOO_DEEP]


def test_what_precedes_damage_is_observed(tmp_path: Path) -> None:
    packed = gzip.compress(b"\n".join(dump({**ROW, "ticket_id": f"T-{n}"}) for n in range(50)))
    (tmp_path / "cut.jsonl.gz").write_bytes(packed[:-12])
    made = observe(find([str(tmp_path)]))
    assert made.rows.num_rows > 0
    assert made.examples[-1][1].code is Code.CORRUPT_COMPRESSION


def test_batches_are_put_together_in_the_order_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH_ROWS", 3)
    made = seen(tmp_path, *({**ROW, "ticket_id": f"T-{n}"} for n in range(7)))
    assert made.rows["ticket_id"].to_pylist() == [f"T-{n}" for n in range(7)]
    assert json.loads(json.dumps(made.rows["ticket_keys"][0].as_py())) == ",labels,status,"
