"""Envelopes to events: one spelling of the name, one instant, one identity, each event once."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .values import canonical, instant

Envelope = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """One event, as every delivery of it says.

    Attributes:
        at: microseconds.
        previous: the object of former values; empty when absent, null or empty.
        previous_is_empty: it was told, as `{}`.
    """

    event_id: str
    event_type: str
    org_id: str
    at: int
    data: dict[str, Any]
    previous: dict[str, Any]
    previous_is_empty: bool


def event(envelope: Envelope) -> Event:
    """Return the event that a delivery is about."""
    event_type = envelope["event"].strip().lower().replace("-", "_")
    at = instant(envelope["timestamp"])
    assert at is not None, "only valid envelopes come here"
    identity = [event_type, envelope["org_id"], at, envelope["data"]]
    if "previous_attributes" in envelope:
        identity.append(envelope["previous_attributes"])
    digest = hashlib.md5(canonical(identity).encode(), usedforsecurity=False)
    return Event(
        event_id=digest.hexdigest(),
        event_type=event_type,
        org_id=envelope["org_id"],
        at=at,
        data=envelope["data"],
        previous=envelope.get("previous_attributes") or {},
        previous_is_empty=envelope.get("previous_attributes") == {},
    )


def distinct(envelopes: Iterable[Envelope]) -> list[Event]:
    """Return every event once."""
    return list({each.event_id: each for each in map(event, envelopes)}.values())
