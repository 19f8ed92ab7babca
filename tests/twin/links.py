"""Where an event contradicts the state that the events before it lead to."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from .before import adds_to, before, readings, same
from .echoes import REPEATED_WITHIN
from .fold import Row, Sighting
from .images import Image
from .senders import Sender
from .tickets import Ticket

EARLY_WITHIN = 60_000_000
"""Microseconds."""


@dataclass(frozen=True)
class Link:
    """An event, the event before it in order, and the state in between.

    Attributes:
        known: every field that was mentioned up to `former`, with its last value.
    """

    former: Sighting
    event: Sighting
    known: Image


@dataclass(frozen=True)
class Break:
    """A field that was not as the event claims.

    Attributes:
        recorded: its value after the events before.
        claimed: its value before the event, by the event's own word.
        declared: it stands in previous_attributes; otherwise only the image tells it.
        witnessed: the event can be trusted to declare what changed.
    """

    link: Link
    field: str
    recorded: Any
    claimed: Any
    declared: bool
    witnessed: bool


def links(ticket: Ticket) -> Iterator[Link]:
    """Yield one link for every event but the first."""
    for index in range(1, len(ticket.ordered)):
        known: Image = {"is_deleted": False}
        for event in ticket.ordered[:index]:
            known |= event.image
        yield Link(ticket.ordered[index - 1], ticket.ordered[index], known)


def breaks(ticket: Ticket) -> dict[str, list[Break]]:
    """Return the breaks of each event of the ticket that has some, by its id."""
    found = [each for link in links(ticket) for each in broken(link, ticket)]
    found.sort(key=attrgetter("field"))  # which keeps the order of events within a field
    remaining: dict[str, list[Break]] = {}
    for _, of_field in groupby(found, key=attrgetter("field")):
        for each in without_early_images(list(of_field)):
            if each.witnessed:
                remaining.setdefault(each.link.event.event_id, []).append(each)
    return remaining


def broken(link: Link, ticket: Ticket) -> list[Break]:
    """Return the fields in which an event contradicts the state before it."""
    event, known, sender = link.event, link.known, ticket.sender
    claimed = before(event, reads_keys=sender.reads_keys)
    found = [
        Break(
            link,
            field,
            recorded,
            claimed[field],
            declared=field in event.declared,
            witnessed=sender.verifies(event),
        )
        for field, recorded in known.items()
        if field in event.image and _is_broken(link, field, ticket)
    ]
    return [] if all(is_told_again(each, ticket) for each in found) else found


def is_told_again(each: Break, ticket: Ticket) -> bool:
    """Whether the last change of the field was this very one, and moments ago.

    Two hooks, or a hook and the audit log, tell the same change.
    """
    event, field = each.link.event, each.field
    if not same(field, event.image[field], each.recorded):
        return False
    change: tuple[Sighting, Any, bool] | None = None
    known: Image = {"is_deleted": False}
    for index, former in enumerate(ticket.ordered[: ticket.ordered.index(event)]):
        if field in former.image and not same(field, former.image[field], known.get(field)):
            link = Link(ticket.ordered[index - 1], former, known)
            in_silence = index > 0 and field in known and field not in former.declared
            change = former, known.get(field), in_silence and _is_broken(link, field, ticket)
        known = known | former.image
    if change is None:
        return False
    told, value, in_silence = change
    claim = before(told, reads_keys=ticket.sender.reads_keys)[field]
    return (
        not in_silence
        and event.at - told.at <= REPEATED_WITHIN
        and (same(field, each.claimed, value) or same(field, each.claimed, claim))
    )


def fits(event: Sighting, field: str, recorded: Any, sender: Sender) -> bool:
    """Whether what the event declares of a field can be what was recorded."""
    if field == "custom_properties" and sender.adds_silently and adds_to(event, recorded):
        return True
    return any(same(field, told, recorded) for told in readings(event, field))


def _is_broken(link: Link, field: str, ticket: Ticket) -> bool:
    event, recorded = link.event, link.known[field]
    if field in event.declared:
        return not fits(event, field, recorded, ticket.sender)
    if field in ticket.sender.unreported:
        return False
    if field == "is_deleted" and event.event_type == "ticket.deleted":
        return False
    return not same(field, event.image[field], recorded)


def without_early_images(of_field: list[Break]) -> list[Break]:
    """Leave out the pairs where an image runs ahead of the change that the next break declares."""
    remaining: list[Break] = []
    todo = list(of_field)
    while todo:
        first = todo.pop(0)
        if todo and _runs_ahead(first, todo[0]):
            todo.pop(0)
        else:
            remaining.append(first)
    return remaining


def _runs_ahead(one: Break, two: Break) -> bool:
    field, early, late = one.field, one.link.event.image, two.link.event.image
    return (
        not one.declared
        and two.declared
        and two.link.event.at - one.link.event.at <= EARLY_WITHIN
        and same(field, two.claimed, one.recorded)
        and same(field, two.recorded, early[field])
        and same(field, late[field], early[field])
    )


def gaps(ticket: Ticket) -> list[Row]:
    """Return one row per event that contradicts the state before it: something is missing there."""
    return [
        {
            "gap_after": found[0].link.former.at,
            "gap_before": found[0].link.event.at,
            "former_event_id": found[0].link.former.event_id,
            "event_id": event_id,
            "fields": sorted(each.field for each in found),
            "recorded_values": {each.field: each.recorded for each in found},
            "declared_values": {each.field: each.claimed for each in found},
        }
        for event_id, found in breaks(ticket).items()
    ]
