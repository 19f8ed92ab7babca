"""State and versions of one entity, from what each event says about it.

Nothing here knows what a ticket or a chat is, and nothing is clever: the state after an event is
computed from the beginning, every time.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .images import Image

Row = dict[str, Any]


@dataclass(frozen=True)
class Sighting:
    """What one event says about one entity.

    Attributes:
        at: microseconds.
        rank: creations 0, deletions 2, others 1.
        image: the fields the event carries.
        declared: the fields that previous_attributes carry.
        declares: previous_attributes told something of this very object.
        before_keys: the stored columns that previous_attributes carry; only known of tickets.
        empty: previous_attributes were told, as `{}`; only known of tickets.
    """

    at: int
    rank: int
    event_id: str
    event_type: str
    image: Image
    declared: Image
    declares: bool
    before_keys: frozenset[str] = frozenset()
    empty: bool = False

    @property
    def is_snapshot(self) -> bool:
        """An object that was read without an event: it feeds the state and counts as no event."""
        return self.event_type.endswith(".snapshot")

    @property
    def evidence(self) -> str:
        """Who says that the state after the event is so."""
        if self.is_snapshot:
            return "snapshot"
        return "both" if self.declares else "image"


def in_order(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return the order of the events of an entity by instant, rank and id."""
    return sorted(sightings, key=lambda each: (each.at, each.rank, each.event_id))


def state(ordered: Sequence[Sighting], fields: Collection[str]) -> Row:
    """Return each field's value in the last event that carried it, and whether it is deleted."""
    values: Row = dict.fromkeys(fields)
    values["is_deleted"] = False
    for sighting in ordered:
        for field, value in sighting.image.items():
            if field in values:
                values[field] = value
    return values


def deleted_at(ordered: Sequence[Sighting]) -> int | None:
    """Return when the present time of being deleted began."""
    began = None
    for count, sighting in enumerate(ordered, 1):
        if not state(ordered[:count], ())["is_deleted"]:
            began = None
        elif began is None:
            began = sighting.at
    return began


def present(ordered: Sequence[Sighting], fields: Collection[str]) -> Row:
    """Return the row of the current state."""
    return {
        **state(ordered, fields),
        "deleted_at": deleted_at(ordered),
        **seen(ordered),
    }


def seen(ordered: Sequence[Sighting]) -> Row:
    """Return when the entity was first and last heard of, and how often."""
    events = [each for each in ordered if not each.is_snapshot]
    return {
        "first_event_at": events[0].at if events else None,
        "last_event_at": events[-1].at if events else None,
        "last_event_id": events[-1].event_id if events else None,
        "event_count": len(events),
    }


def versions(ordered: Sequence[Sighting], fields: Collection[str]) -> list[Row]:
    """Return one row per version; a version opens where the state differs from the one before."""
    rows: list[Row] = []
    last_state = None
    for count, sighting in enumerate(ordered, 1):
        current = state(ordered[:count], fields)
        if current == last_state:
            continue
        last_state = current
        if rows:
            rows[-1]["valid_to"] = sighting.at
        rows.append(
            {
                "version": len(rows) + 1,
                "valid_from": sighting.at,
                "valid_to": None,
                **current,
                "event_id": sighting.event_id,
                "evidence": sighting.evidence,
            }
        )
    return rows
