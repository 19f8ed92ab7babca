"""Envelopes for the cases that are worked out by hand: few tickets of one org, hour by hour."""

from typing import Any

from .events import Envelope
from .values import instant

ABSENT = object()


def hour(number: float) -> str:
    """Return an instant of one day, as envelopes spell it; 9.5 is half past nine."""
    return f"2026-03-01T{int(number):02}:{round(number % 1 * 60):02}:00Z"


def micros(number: float) -> int:
    """Return the same instant as the twin has it."""
    at = instant(hour(number))
    assert at is not None
    return at


NINE, TEN, ELEVEN = map(hour, (9, 10, 11))


def ticket(event: str, at: Any, data: dict[str, Any], previous: object = ABSENT) -> Envelope:
    """A ticket event about T-1, as a plain row unless `data` holds a ticket."""
    data = data if "ticket" in data else {"ticket_id": "T-1", **data}
    envelope = {"event": f"ticket.{event}", "data": data, "org_id": "o", "timestamp": at}
    return envelope if previous is ABSENT else {**envelope, "previous_attributes": previous}


def life(ticket_id: str, *steps: tuple[dict[str, Any], object], first: int = 1) -> list[Envelope]:
    """Updates of another ticket, an hour apart, without ties: what a sender is learned from.

    Args:
        steps: the image and the previous_attributes of each.
        first: hour of the first.
    """
    return [
        ticket("updated", hour(first + index), {"ticket_id": ticket_id, **image}, previous)
        for index, (image, previous) in enumerate(steps)
    ]


def trusted_empties() -> list[Envelope]:
    """Three links that teach: `{}` means that nothing changed."""
    return life("T-9", *[({"status": "open"}, {})] * 4)
