"""Entities out of all proportion get an answer all the same, and in time."""

from __future__ import annotations

import json
import random
from itertools import permutations
from pathlib import Path

import ticketledger
from tests.conftest import IS_NIGHTLY

from ..twin.events import Envelope

EVENTS = 100_000 if IS_NIGHTLY else 8_000
"""Of the largest ticket; at 100,000 a query that compares all with all does not end."""


def update(at: str, state: int, former: int | None) -> Envelope:
    envelope = {
        "event": "ticket.updated",
        "org_id": "o",
        "data": {"ticket_id": "T-1", "subject": f"s{state}"},
        "timestamp": at,
    }
    return (
        envelope
        if former is None
        else {
            **envelope,
            "previous_attributes": {"subject": f"s{former}"},
        }
    )


def load(tmp_path: Path, envelopes: list[Envelope]) -> ticketledger.Ledger:
    random.Random(1).shuffle(envelopes)
    path = tmp_path / "e.jsonl"
    path.write_text("\n".join(map(json.dumps, envelopes)))
    ledger = ticketledger.open(tmp_path / "ledger")
    assert ledger.ingest([path], refresh=False).rejected == 0
    return ledger


def test_a_thousand_events_of_one_instant_are_put_in_their_order(tmp_path: Path) -> None:
    """Every state is entered once, so there is one order that keeps all links."""
    at = "2026-03-01T10:00:00Z"
    envelopes = [update(at, n + 1, n) for n in range(1_000)]
    ledger = load(tmp_path, [update("2026-03-01T09:00:00Z", 0, None), *envelopes])
    told = ledger.sql("SELECT subject FROM ticket_history ORDER BY version").to_series()
    assert told.to_list() == [f"s{n}" for n in range(1_001)]
    assert ledger.sql("FROM ticket_gaps").is_empty()


def test_a_circuit_of_a_thousand_events_over_few_states_loses_no_link(tmp_path: Path) -> None:
    """From each of 32 states to each other one: there is a walk that takes every step once."""
    at = "2026-03-01T10:00:00Z"
    envelopes = [update(at, b, a) for a, b in permutations(range(32), 2)]
    ledger = load(tmp_path, [update("2026-03-01T09:00:00Z", 0, None), *envelopes])
    assert ledger.sql("FROM ticket_gaps").is_empty()
    assert ledger.sql("SELECT count(*) AS n FROM ticket_history").item() == 32 * 31 + 1
    assert ledger.sql("SELECT subject FROM tickets").item() == "s0"


def test_a_ticket_of_very_many_events_has_a_history(tmp_path: Path) -> None:
    def at(n: int) -> str:
        return f"2026-03-{1 + n // 86_400:02}T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}Z"

    ledger = load(
        tmp_path, [update(at(n), n % 7, (n - 1) % 7 if n else None) for n in range(EVENTS)]
    )
    told = ledger.sql(
        "SELECT (SELECT count(*) FROM ticket_history) AS versions, subject FROM tickets"
    )
    assert told.rows() == [(EVENTS, f"s{(EVENTS - 1) % 7}")]
