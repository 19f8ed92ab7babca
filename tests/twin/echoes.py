"""Events that tell late what another has told: 1, 2, 1, 2 is a change told twice and another."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .fold import Sighting
from .images import Image

REPEATED_WITHIN = 5_000_000
"""Microseconds."""


def without_echoes(ordered: Sequence[Sighting]) -> list[Sighting]:
    """Return the events in order; what an echo says of the ticket is left out."""
    first_told = [
        event for index, event in enumerate(ordered) if not is_again(event, ordered[:index])
    ]
    kept = []
    for index, event in enumerate(ordered):
        earlier = [each for each in ordered[:index] if each in first_told]
        if event not in first_told and earlier and _is_late(event, earlier[-1].image):
            kept.append(replace(event, image={}, declared={}))
        else:
            kept.append(event)
    return kept


def is_again(event: Sighting, earlier: Sequence[Sighting]) -> bool:
    """Whether a step of the event was told within five seconds before, by one that agrees."""
    for step in steps(event):
        like = [each for each in earlier if step in steps(each)]
        if not like or event.at - like[-1].at > REPEATED_WITHIN:
            continue
        if _agree(like[-1].image, event.image) and _agree(_claims(like[-1]), _claims(event)):
            return True
    return False


def steps(event: Sighting) -> list[tuple[str, Any, Any]]:
    """Return each field that the event declares to have changed, from what, to what."""
    return [
        (field, old, event.image[field])
        for field, old in event.declared.items()
        if field in event.image and old != event.image[field]
    ]


def _is_late(event: Sighting, last: Image) -> bool:
    return not _agree(_claims(event), last) and not _agree(event.image, last)


def _claims(event: Sighting) -> Image:
    """The old values of what the event shows; those of properties may be told by key."""
    told = event.declared.keys() & event.image.keys() - {"custom_properties"}
    return {field: event.declared[field] for field in told}


def _agree(one: Image, other: Image) -> bool:
    return all(one[field] == other[field] for field in one.keys() & other.keys())
