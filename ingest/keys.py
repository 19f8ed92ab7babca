"""The keys of a line in their order, as deep as the fast lane takes its objects apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ticketledger.models.entities import Entity, Message, Ticket

from .readers import column_of

Keys = tuple[tuple[str, "Keys | None"], ...]
"""Keys in the order of the line; with the keys of the object below, if that is taken apart."""

Steps = tuple[str, ...]

ENTITIES: Final[Mapping[str, type[Entity]]] = {"ticket": Ticket, "message": Message}


def keys_of(family: str, value: Mapping[str, Any], above: Steps = ()) -> Keys:
    """Return the keys of a parsed line of a family."""
    return tuple(
        (
            key,
            keys_of(family, inner, (*above, key))
            if isinstance(inner, dict) and inner and _is_opened(family, (*above, key))
            else None,
        )
        for key, inner in value.items()
    )


def _is_opened(family: str, steps: Steps) -> bool:
    """Whether the object at this place is taken apart; others are taken whole."""
    if steps[0] != "data":
        return False
    if family == "ticket":
        return steps in (("data",), ("data", "ticket"))
    return len(steps) == 1 or column_of(ENTITIES[family], steps[1]) is None


def structure(keys: Keys) -> dict[str, Any]:
    """Return what `from_json` takes a line with these keys apart by."""
    return {key: "JSON" if below is None else structure(below) for key, below in keys}


def in_order(keys: Keys) -> Keys:
    """Return the keys sorted, those below too: equal for lines that differ in order alone."""
    return tuple(sorted((key, below and in_order(below)) for key, below in keys))


def walk(keys: Keys, above: Steps = ()) -> Iterator[Steps]:
    """Yield the place of every key, an object's before those in it."""
    for key, below in keys:
        yield (*above, key)
        yield from walk(below or (), (*above, key))


def keys_below(keys: Keys, steps: Steps) -> Keys:
    """Return the keys of the object at a place; none if it is not taken apart."""
    for step in steps:
        keys = dict(keys).get(step) or ()
    return keys


def is_leaf(keys: Keys, steps: Steps) -> bool:
    """Whether what stands at a place is taken whole."""
    return dict(keys_below(keys, steps[:-1]))[steps[-1]] is None


def is_later(steps: Steps, keys: Keys) -> bool:
    """Whether another key stands before this one in its object."""
    return keys_below(keys, steps[:-1])[0][0] != steps[-1]
