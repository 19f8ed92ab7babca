"""The completeness of tickets, against sums over the plain twin's gaps and heads."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import ticketledger
from ticketledger.models.errors import BadParameter

from ..strategies import CLOCK, lifecycles, splittings, with_ledgers, write_files
from ..twin.events import Envelope
from ..twin.fold import Row, state
from ..twin.links import breaks
from ..twin.tickets import Ticket, tickets
from .answers import ingested

AS_OF = max(CLOCK) + 3_600_000_000


def seen(ticket: Ticket) -> dict[str, Any]:
    """Return what the ledger has seen of a ticket's life up to `AS_OF`."""
    first, *later = ticket.ordered
    gaps = breaks(ticket).values()
    created = state(ticket.ordered, ["created_at"])["created_at"]
    born = min(created, first.at) if created is not None else first.at
    deleted = _deleted_at(ticket)
    age = max(0, (AS_OF if deleted is None else min(deleted, AS_OF)) - born)
    unseen = sum(found[0].link.event.at - found[0].link.former.at for found in gaps)
    head = 0 if first.rank == 0 else first.at - born
    verifiable = [event for event in later if ticket.sender.verifies(event)]
    return {
        "links": len(later),
        "verifiable_links": len(verifiable),
        "interior_gaps": len(gaps),
        "head_missing": int(first.rank != 0),
        "recovered_fields": sum(map(len, gaps)),
        "coverage": 1 - min(unseen, age) / age if age else 1.0,
        "score": 1 - min(unseen + head, age) / age if age else 1.0,
    }


def _deleted_at(ticket: Ticket) -> int | None:
    began = None
    for count, event in enumerate(ticket.ordered, 1):
        if not state(ticket.ordered[:count], ())["is_deleted"]:
            began = None
        elif began is None:
            began = event.at
    return began


@with_ledgers(each=6)
@given(lifecycles(), splittings)
def test_completeness_equals_sums_over_the_twin(stream: list[Envelope], seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        written = write_files(Path(folder), stream, seed)
        ledger, _ = ingested(Path(folder), written.paths, seed)
        as_of = ledger.sql(f"SELECT make_timestamptz({AS_OF}) AS t").item()
        report = ledger.report("completeness", {"as_of": as_of, "by": "ticket"})
    told = {(row["org_id"], row["bucket"]): row for row in report.to_dicts()}
    true = {(ticket.org_id, ticket.ticket_id): seen(ticket) for ticket in tickets(stream)}
    assert told.keys() == true.keys()
    for key, expected in true.items():
        found: Row = told[key]
        for name, value in expected.items():
            assert found[name] == pytest.approx(value, abs=1e-8), (key, name)


def test_an_unknown_grain_is_refused(demo: ticketledger.Ledger) -> None:
    with pytest.raises(BadParameter, match="`week` is no `by`"):
        demo.report("completeness", {"by": "week"})


def test_days_and_tickets_add_up_to_the_organisation(demo: ticketledger.Ledger) -> None:
    sums = ("events", "links", "verifiable_links", "interior_gaps", "recovered_fields")
    totals = [
        demo.report("completeness", {"by": by})
        .select("org_id", *sums)
        .group_by("org_id")
        .sum()
        .sort("org_id")
        for by in ("org", "day", "ticket")
    ]
    for name in sums:
        assert totals[0][name].to_list() == totals[1][name].to_list() == totals[2][name].to_list()
