"""What was true before a ticket event by its own word, and when two values count as equal."""

import json
from typing import Any

from .fold import Sighting
from .images import Image
from .values import canonical


def before(event: Sighting, *, reads_keys: bool) -> Image:
    """Return the fields that were true before the event, if the event is right.

    Args:
        reads_keys: the sender declares the changed keys of custom properties, not the whole map.
    """
    former = {**event.image, **event.declared}
    if event.event_type == "ticket.deleted" and "is_deleted" not in event.declared:
        former["is_deleted"] = False
    if reads_keys and "custom_properties" in event.declared:
        former["custom_properties"] = _by_keys(event)
    return former


def readings(event: Sighting, field: str) -> list[Any]:
    """Return what a declared field may have been: custom properties can be read in two ways."""
    whole = event.declared[field]
    return [whole, _by_keys(event)] if field == "custom_properties" else [whole]


def same(field: str, one: Any, other: Any) -> bool:
    """Whether a link holds for a field: in maps a null counts like a key that is not there."""
    if field == "custom_properties":
        return _without_nulls(one) == _without_nulls(other)
    return bool(one == other)


def adds_to(event: Sighting, recorded: str | None) -> bool:
    """Whether the declared keys of custom properties fit what was recorded, but for added keys.

    Some senders declare what keys held before and leave out those that are new.
    """
    declared, known = _map(event.declared["custom_properties"]), _map(recorded)
    over = _map(_by_keys(event))
    told = {key: value for key, value in declared.items() if value is not None}
    return all(
        key in over and over[key] == value for key, value in known.items() if value is not None
    ) and all(key in known and known[key] == value for key, value in told.items())


def additions(event: Sighting, recorded: str | None) -> tuple[bool, bool]:
    """Return whether the event adds a property and declares it as null; and one it leaves out."""
    declared, known = _map(event.declared["custom_properties"]), _map(recorded)
    added = [
        key
        for key, value in _map(event.image["custom_properties"]).items()
        if value is not None and known.get(key) is None
    ]
    return (
        any(key in declared and declared[key] is None for key in added),
        any(key not in declared for key in added),
    )


def node(image: Image, without: frozenset[str]) -> str:
    """Return a text that is equal for equal states; an absent field is no null one."""
    values = {
        field: _without_nulls(value) if field == "custom_properties" else value
        for field, value in image.items()
        if field not in without
    }
    return canonical(values)


def _by_keys(event: Sighting) -> str | None:
    """Undo in the image's map what is declared key by key."""
    declared: str | None = event.declared["custom_properties"]
    if "custom_properties" not in event.image:
        return declared
    properties = _map(event.image["custom_properties"])
    for key, value in _map(declared).items():
        if value is None:
            properties.pop(key, None)
        else:
            properties[key] = value
    return canonical(properties) if properties else None


def _without_nulls(text: str | None) -> str:
    return canonical({key: value for key, value in _map(text).items() if value is not None})


def _map(text: str | None) -> dict[str, Any]:
    properties: dict[str, Any] = json.loads(text or "{}")
    return properties
