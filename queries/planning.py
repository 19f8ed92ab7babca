"""Where the views of a session come from: the cache, kept answers, ranges, or their SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .answers import dear
from .generations import SERVED, Cache, told_by
from .ranges import ONCE, by_range
from .settings import Settings
from .statement import Statement, definitions, statements


@dataclass(frozen=True, slots=True)
class Plan:
    """What a session defines, each list in the order in which it is defined.

    Attributes:
        from_cache: views that are read from the cache.
        instead: what defines others otherwise than their SQL, by name.
        cut: views that are made of one range of tickets after the other.
        once: of what these stand on, views that are made of all tickets before.
        whole: everything else.
        to_keep: of it, views whose rows are kept for who asks again.
    """

    from_cache: frozenset[str]
    instead: dict[str, str]
    cut: tuple[str, ...]
    once: tuple[str, ...]
    whole: tuple[Statement, ...]
    to_keep: tuple[str, ...]

    @property
    def ends(self) -> frozenset[str]:
        """Views that stand on no others in this session."""
        return self.from_cache.union(self.instead)

    def under(self, views: tuple[str, ...], *, without: tuple[str, ...] = ()) -> list[Statement]:
        """Return views and all they stand on, but what comes from elsewhere."""
        return list(definitions(" ".join(views), self.ends.union(without)))

    def reads(self, view: str) -> bool:
        """Whether the session asks this view for its rows."""
        return any(statement.name == view for statement in self.whole)


def planned(
    query: str | None,
    settings: Settings,
    cached: Cache | None,
    kept: Mapping[str, str] | None,
    *,
    is_apart: bool,
    keeps: bool,
) -> Plan:
    """Return the plan of a session.

    Args:
        query: make only what this SQL names, directly or through others; None: everything.
        settings: of the session.
        cached: the cache that answers; None: none does.
        kept: what defines the views whose answers are kept already.
        is_apart: it is about some tickets only.
        keeps: dear views are made as a whole, for who asks again.
    """
    from_cache = settings.served() if cached else frozenset()
    instead = settings.simpler() | (told_by(cached) if cached else {}) | dict(kept or {})
    ends = from_cache.union(instead)
    empty = frozenset(view for view in statements("views") if settings.leaves_empty(view))
    ranged: frozenset[str] = frozenset()
    if cached and query and not is_apart and from_cache == SERVED:
        ranged = by_range(cached) - ends - empty
    made = _kept_where_needed(query, ends | ranged, empty)
    cut = tuple(each.name for each in made if each.name in ranged)
    once = tuple(each.name for each in definitions(" ".join(cut), ends) if each.name in ONCE)
    whole = tuple(each for each in made if each.name not in (*cut, *once))
    to_keep = dear() - ends - empty if keeps else frozenset()
    asked = tuple(each.name for each in whole if each.name in to_keep)
    return Plan(from_cache, instead, cut, once, whole, asked)


def _kept_where_needed(
    query: str | None, ends: frozenset[str], empty: frozenset[str]
) -> list[Statement]:
    """Return definitions; what only views need that stay empty is not evaluated for them."""
    needed = {each.name for each in definitions(query, ends | empty)}
    return [
        each if each.name in needed else each.model_copy(update={"kept": False})
        for each in definitions(query, ends)
    ]
