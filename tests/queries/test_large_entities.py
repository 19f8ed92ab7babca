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

TICKETS = 20_000 if IS_NIGHTLY else 500
"""Active at once in the largest chat, in which as many messages are sent."""


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


def test_a_circuit_of_many_events_over_few_states_loses_no_link(tmp_path: Path) -> None:
    """From each state to each other one: there is a walk that takes every step once."""
    at = "2026-03-01T10:00:00Z"
    states = 32 if IS_NIGHTLY else 20
    envelopes = [update(at, b, a) for a, b in permutations(range(states), 2)]
    ledger = load(tmp_path, [update("2026-03-01T09:00:00Z", 0, None), *envelopes])
    assert ledger.sql("FROM ticket_gaps").is_empty()
    assert (
        ledger.sql("SELECT count(*) AS n FROM ticket_history").item() == states * (states - 1) + 1
    )
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


def test_a_chat_of_very_many_active_tickets_has_its_talk(tmp_path: Path) -> None:
    """Tickets and messages take turns: the first message is one ticket's, each other one no one's.

    It may be that of every ticket there was: a row for each would be one for every pair.
    """

    def at(second: int) -> str:
        return f"2026-03-01T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"

    chat_id = "1@g.us"
    envelopes: list[Envelope] = []
    for n in range(TICKETS):
        ticket = {"ticket_id": f"T-{n}", "chat_id": chat_id, "status": "open"}
        message = {
            "message_id": f"false_{chat_id}_{n:08}",
            "chat_id": chat_id,
            "body": "",
            "from_me": False,
            "timestamp": at(2 * n + 1),
        }
        envelopes += (
            {"event": name, "org_id": "o", "data": data, "timestamp": at(2 * n + later)}
            for name, data, later in (
                ("ticket.created", ticket, 0),
                ("message.created", message, 1),
            )
        )
    told = load(tmp_path, envelopes).sql(
        "SELECT ticket_id, customer_messages, ambiguous_messages FROM ticket_metrics"
        " ORDER BY ticket_id[3:]::INTEGER"
    )
    expected = [(f"T-{n}", int(n == 0), TICKETS - max(n, 1)) for n in range(TICKETS)]
    assert told.rows() == expected
