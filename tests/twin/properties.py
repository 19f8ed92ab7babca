"""The report on custom properties, counted the plainest way."""

import json
from typing import Any

from .fold import Row
from .history import history
from .moves import closings_of
from .reports import Rows, World, grouped, quantile
from .state import TICKET_STATE
from .tickets import tickets


def properties(given: World) -> Rows:
    """By organisation, custom property and value."""
    had: list[tuple[tuple[Any, ...], Row]] = []
    closed: dict[str, set[str]] = {}
    for ticket in tickets(given.stream):
        key = (ticket.org_id, ticket.ticket_id)
        row, life = given.metrics[key], given.lives[key]
        if row["created_at"] > given.as_of:
            continue
        is_deleted = row["place"] == "deleted"
        closings = [stay.row["version"] for stay in closings_of(life)]
        if closings and not is_deleted:
            closed.setdefault(key[0], set()).add(key[1])
        versions = history(ticket, TICKET_STATE)
        filled = [_filled(each["custom_properties"]) for each in versions]
        for name, value in {entry for each in filled for entry in each.items()}:
            worn = [each.get(name) == value for each in filled]
            first = next(place for place, each in enumerate(filled) if name in each)
            took = (
                max(0, versions[first]["valid_from"] - row["created_at"]) / 1e6
                if filled[first][name] == value
                else None
            )
            at_close = any(
                is_worn and bool(closings) and each["version"] == closings[-1]
                for each, is_worn in zip(versions, worn, strict=True)
            )
            told = {
                "ticket_id": key[1],
                "is_deleted": is_deleted,
                "is_now": worn[-1],
                "sets": sum(b and not a for a, b in zip([False, *worn], worn, strict=False)),
                "took": took,
                "at_close": at_close,
            }
            had.append(((key[0], name, value), told))
    closed_with = grouped((key[:2], t) for key, t in had if t["at_close"] and not t["is_deleted"])
    found: Rows = {}
    for key, all_told in grouped(had).items():
        kept = [told for told in all_told if not told["is_deleted"]]
        took = [told["took"] for told in kept if told["took"] is not None]
        of_org = len(closed.get(key[0], ()))
        found[key] = {
            "tickets": len(kept),
            "tickets_now": sum(told["is_now"] for told in kept),
            "changes": sum(told["sets"] for told in kept),
            "first_filled": len(took),
            "fill_time_p50_s": quantile(took, 0.5),
            "closed_with": sum(told["at_close"] for told in kept),
            "fill_rate_at_close": len(closed_with.get(key[:2], [])) / of_org if of_org else None,
            "tickets_excluded": len(all_told) - len(kept),
        }
    return found


def _filled(text: str | None) -> dict[str, str]:
    """The properties that say something, their values as text."""
    texts = {
        name: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        for name, value in json.loads(text or "{}").items()
        if value is not None
    }
    return {name: text for name, text in texts.items() if text not in ("", "[]", "{}")}
