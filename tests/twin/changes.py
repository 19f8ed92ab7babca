"""What changed in a ticket or a chat, and who says so; of tickets also what no event tells."""

from collections.abc import Collection, Sequence
from typing import Any

from .before import before, readings, same
from .fold import Row, Sighting
from .images import TICKET, Image
from .links import Break, breaks, fits
from .senders import Sender
from .tickets import Ticket


def changes(ticket: Ticket) -> list[Row]:
    """Return one row per event and field that changed at the event, or unseen before it."""
    rows: list[Row] = []
    broken = breaks(ticket)
    known: Image = {}
    for event in ticket.ordered:
        found = broken.get(event.event_id, [])
        rows += [_unseen(each) for each in found if each.claimed != each.recorded]
        known |= {each.field: each.claimed for each in found}
        former = before(event, reads_keys=ticket.sender.reads_keys)
        rows += [
            change
            for field in TICKET
            if field in event.image
            for change in _seen(event, field, known, former, ticket.sender)
        ]
        known = {"is_deleted": False, **known, **event.image}
    return rows


def changes_of_chat(ordered: Sequence[Sighting], fields: Collection[str]) -> list[Row]:
    """Return one row per event and field that the event changed; of chats no gaps are known."""
    rows: list[Row] = []
    known: Image = {}
    for event in ordered:
        for field in (*fields, "is_deleted"):
            if field not in event.image:
                continue
            new, declared = event.image[field], field in event.declared
            if field in known:
                old = known[field]
                told = readings(event, field) if declared else []
                evidence = "both" if any(same(field, each, old) for each in told) else "image"
            elif declared:
                old, evidence = event.declared[field], "declared"
            else:
                continue
            if old != new:
                rows.append(_row(event, field, old, new, evidence))
        known = {"is_deleted": False, **known, **event.image}
    return rows


def _unseen(each: Break) -> Row:
    row = _row(each.link.event, each.field, each.recorded, each.claimed, "declared")
    return {**row, "changed_after": each.link.former.at}


def _seen(event: Sighting, field: str, known: Image, former: Image, sender: Sender) -> list[Row]:
    new, declared = event.image[field], field in event.declared
    if field in known:
        old = known[field]
        agreed = declared and fits(event, field, old, sender)
        evidence = "both" if agreed else "image"
    elif declared:
        old, evidence = former[field], "declared"
    else:
        return []
    row = _row(event, field, old, new, evidence)
    return [{**row, "changed_after": None}] if old != new else []


def _row(event: Sighting, field: str, old: Any, new: Any, evidence: str) -> Row:
    return {
        "changed_at": event.at,
        "field": field,
        "old_value": old,
        "new_value": new,
        "event_id": event.event_id,
        "evidence": evidence,
    }
