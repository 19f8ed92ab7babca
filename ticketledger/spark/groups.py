"""What must be folded together although its places differ: a ticket that moved, a message of two.

Nearly everything is where its chat is and needs no word. Of the rest each thing is named with its
group: the connected component of the places it was seen in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

Place = tuple[str, str]
"""An organisation, and a thing or place of it."""


def met(seen: Iterable[tuple[str, str, Sequence[str]]]) -> pa.Table:
    """Return the group of each thing and place given, by the least name in it.

    Args:
        seen: organisation, thing, and all places it was seen in.

    Returns:
        Columns `org_id`, `thing`, `of`, sorted.
    """
    above: dict[Place, Place] = {}

    def top(place: Place) -> Place:
        while (higher := above.setdefault(place, place)) != place:
            above[place] = above[higher]
            place = higher
        return place

    for org_id, thing, places in seen:
        for place in places:
            tops = sorted((top((org_id, thing)), top((org_id, place))))
            above[tops[1]] = tops[0]
    rows = sorted((*place, top(place)[1]) for place in list(above))
    names = ("org_id", "thing", "of")
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    made = {
        name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)
    }
    return pa.table(made)
