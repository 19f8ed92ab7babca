"""What a sample of lines shows of an export: which objects stand in which places."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ticketledger.models.catalogue import OBJECTS, ObjectType

_FAMILIES: Final = {
    ObjectType.TICKET: "ticket",
    ObjectType.MESSAGE: "message",
    ObjectType.NOTE: "message",
}
FAMILY_OF: Final[Mapping[str, str]] = {
    name: _FAMILIES[kind]
    for name, kind in OBJECTS.items()
    if kind in _FAMILIES and not name.endswith(".snapshot")
}
"""The family of each event the fast lane reads: which statement reads it."""


def objects_of(line: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of one line by the shape in whose place they stand; the whole line, too."""
    try:
        envelope = json.loads(line)
        family = FAMILY_OF.get(envelope.get("event") or envelope.get("event_type"))
        places: list[tuple[str, Any]] = [(family or "", envelope)]
        if family == "ticket":
            places += [("before", envelope.get("previous_attributes"))]
        if family == "ticket" and isinstance(envelope["data"].get("ticket"), dict):
            data = envelope["data"]
            chat = data.get("chat") or {}
            places += [("chat", chat), ("short", data.get("message"))]
            places += [("member", member) for member in (chat.get("members") or {}).values()]
            places += [("short", message) for message in data.get("attached_messages") or []]
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return
    yield from ((name, value) for name, value in places if name and isinstance(value, dict))
