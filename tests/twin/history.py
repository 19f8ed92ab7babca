"""The states of a ticket one after the other, what is only declared included."""

from collections.abc import Collection
from dataclasses import dataclass

from .before import before
from .fold import Row, Sighting, deleted_at, seen, state
from .images import Image
from .links import breaks
from .tickets import Ticket


@dataclass(frozen=True)
class Moment:
    """A state of a ticket.

    Attributes:
        at: from when it counts; microseconds.
        earliest: it cannot have begun before; None if that is unknown.
        latest: it cannot have begun after.
        values: every field, and whether the ticket is deleted.
        event: which event tells it.
        count: how many events have happened; 0 before the first one.
    """

    at: int
    earliest: int | None
    latest: int
    values: Row
    event: Sighting
    evidence: str
    count: int


def moments(ticket: Ticket, fields: Collection[str]) -> list[Moment]:
    """Return the states of the ticket in order; equal ones may follow each other."""
    found = head(ticket, fields)
    broken = breaks(ticket)
    for count, event in enumerate(ticket.ordered, 1):
        if event.event_id in broken:
            former = ticket.ordered[count - 2]
            claimed = {each.field: each.claimed for each in broken[event.event_id]}
            values = {**state(ticket.ordered[: count - 1], fields), **claimed}
            found.append(
                Moment(event.at, former.at, event.at, values, event, "declared", count - 1)
            )
        values = state(ticket.ordered[:count], fields)
        found.append(Moment(event.at, event.at, event.at, values, event, event.evidence, count))
    return found


def head(ticket: Ticket, fields: Collection[str]) -> list[Moment]:
    """Return the state before the first event, if that event tells it and did not create it."""
    event = ticket.ordered[0]
    if event.rank == 0 or not ticket.sender.verifies(event):
        return []
    former = before(event, reads_keys=ticket.sender.reads_keys)
    former = {field: value for field, value in former.items() if field in event.image}
    created_at = former.get("created_at")
    earliest = created_at if created_at is not None and created_at < event.at else None
    at = event.at if earliest is None else earliest
    return [Moment(at, earliest, event.at, _row(former, fields), event, "declared", 0)]


def _row(image: Image, fields: Collection[str]) -> Row:
    values: Row = {field: image.get(field) for field in fields}
    return {**values, "is_deleted": image.get("is_deleted", False)}


def history(ticket: Ticket, fields: Collection[str]) -> list[Row]:
    """Return one row per version; a version opens where the state differs from the one before."""
    rows: list[Row] = []
    last_values = None
    for moment in moments(ticket, fields):
        if moment.values == last_values:
            continue
        last_values = moment.values
        if rows:
            rows[-1]["valid_to"] = moment.at
        rows.append(
            {
                "version": len(rows) + 1,
                "valid_from": moment.at,
                "valid_from_earliest": moment.earliest,
                "valid_from_latest": moment.latest,
                "valid_to": None,
                **moment.values,
                "event_id": moment.event.event_id,
                "evidence": moment.evidence,
            }
        )
    return rows


def present_at(ticket: Ticket, fields: Collection[str], at: int) -> list[Row]:
    """Return the row of the state at a moment, with hindsight; none before anything is known."""
    past = [moment for moment in moments(ticket, fields) if moment.at <= at]
    if not past:
        return []
    happened = ticket.ordered[: past[-1].count]
    return [{**past[-1].values, "deleted_at": deleted_at(happened), **seen(happened)}]
