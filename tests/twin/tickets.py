"""The tickets of a stream: who sent them, and the order of their events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from . import sightings
from .before import before, node
from .chain import Told, chained
from .echoes import without_echoes
from .events import Envelope
from .fold import Sighting
from .senders import Sender, learned


@dataclass(frozen=True)
class Ticket:
    """One ticket.

    Attributes:
        sender: what all tickets of the org teach of their sender.
        told: its events in order, ties by the states they lead from and to.
        ordered: the same, but what an echo says is left out.
    """

    org_id: str
    ticket_id: str
    sender: Sender
    told: list[Sighting]

    @cached_property
    def ordered(self) -> list[Sighting]:
        return without_echoes(self.told)


def tickets(envelopes: Iterable[Envelope]) -> list[Ticket]:
    """Return every ticket that an event is about."""
    found = sightings.tickets(envelopes)
    known = _senders(found)
    return [
        Ticket(org_id, ticket_id, known[org_id], in_order(events, known[org_id]))
        for (org_id, ticket_id), events in found.items()
    ]


def senders(envelopes: Iterable[Envelope]) -> dict[str, Sender]:
    """Return what is learned of the sender of each org that has a ticket event."""
    return _senders(sightings.tickets(envelopes))


def _senders(found: dict[sightings.Key, list[Sighting]]) -> dict[str, Sender]:
    of_org: dict[str, list[list[Sighting]]] = {}
    for (org_id, _), events in found.items():
        of_org.setdefault(org_id, []).append(events)
    return {org_id: learned(tickets) for org_id, tickets in of_org.items()}


def in_order(events: Sequence[Sighting], sender: Sender) -> list[Sighting]:
    """Return the events of one ticket by instant, rank, chain and id."""
    by_id = {event.event_id: event for event in events}
    told = sorted(events, key=lambda event: (event.at, event.rank, event.event_id))
    ties = groupby(told, key=lambda event: (event.at, event.rank))
    groups = [[edge(event, sender) for event in tie] for _, tie in ties]
    return [by_id[each.event_id] for each in chained(groups)]


def edge(event: Sighting, sender: Sender) -> Told:
    """Return the event as a step between two states; where it begins may be unknown."""
    after = node(event.image, sender.unreported)
    if event.before_keys:
        former = before(event, reads_keys=sender.reads_keys)
        return Told(event.event_id, node(former, sender.unreported), after)
    return Told(event.event_id, after if sender.verifies(event) else None, after)
