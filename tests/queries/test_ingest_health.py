"""The report `ingest_health`: counts of each load, and how late its events were."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import ticketledger
from ticketledger.ingest import find
from ticketledger.ingest.load import Request

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def load(
    ledger: ticketledger.Ledger, path: Path, ages_s: Sequence[float], *more: str, hours: int = 0
) -> None:
    """Load a file with an event of each age, some hours after noon."""
    now = NOON + timedelta(hours=hours)
    lines = [
        json.dumps(
            {
                "event": "ticket.updated",
                "org_id": "o",
                "timestamp": (now - timedelta(seconds=age)).isoformat(),
                "data": {"ticket_id": "T-1"},
            }
        )
        for age in ages_s
    ]
    path.write_text("\n".join((*lines, *more, "")), "utf-8")
    request = Request(find([str(path)]), ticketledger.__version__, now=lambda: now)
    ledger.run(request, refresh=False)


def health(ledger: ticketledger.Ledger, **given: object) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ledger.report("ingest_health", given, to="arrow").to_pylist()
    return rows


def test_a_feed_has_a_late_share_and_a_backfill_has_none(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    load(ledger, tmp_path / "live.jsonl", [1, 2, 3, 86_401], "bad", "", hours=0)
    load(ledger, tmp_path / "old.jsonl", [86_400 * 3, 86_400 * 2, 60], hours=24)
    live, old = health(ledger)
    counts = ("lines", "accepted", "duplicates", "rejected", "blank")
    assert tuple(live[name] for name in counts) == (6, 4, 0, 1, 1)
    assert (live["is_backfill"], live["late_share"], live["lag_p50_s"]) == (False, 0.25, 2.5)
    assert (old["is_backfill"], old["late_share"], old["lag_p50_s"]) == (True, None, 172_800.0)
    assert (live["load_id"], old["load_id"]) == (1, 2)
    assert live["first_event_at"] == NOON - timedelta(seconds=86_401)
    assert live["last_event_at"] == NOON - timedelta(seconds=1)
    assert Path(live["file"]).name == "live.jsonl"


def test_an_event_exactly_a_day_old_is_not_late_and_one_of_the_future_has_no_lag(
    tmp_path: Path,
) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    load(ledger, tmp_path / "a.jsonl", [-60, 86_400])
    (row,) = health(ledger)
    assert (row["is_backfill"], row["late_share"], row["lag_p50_s"]) == (False, 0.0, 43_200.0)


def test_a_load_without_events_has_counts_only(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    load(ledger, tmp_path / "a.jsonl", [1])
    load(ledger, tmp_path / "b.jsonl", [], "bad", hours=1)
    _, row = health(ledger)
    assert (row["lines"], row["rejected"], row["lag_p50_s"], row["is_backfill"]) == (
        1,
        1,
        None,
        None,
    )


def test_events_after_the_moment_asked_for_have_no_lag(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    load(ledger, tmp_path / "a.jsonl", [10, 20, 30])
    (row,) = health(ledger, as_of=NOON - timedelta(seconds=15))
    assert (row["accepted"], row["lag_p50_s"]) == (3, 25.0)
