"""What is learned of the sender of an org's ticket events: how far its silence can be trusted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .before import additions, readings, same
from .fold import Sighting

Link = tuple[Sighting, Sighting]
"""An event and the next one of the same ticket."""


@dataclass(frozen=True)
class Sender:
    """What is known of a sender; of one with no links, nothing.

    Attributes:
        trusts_empty: `{}` means that nothing changed.
        reads_keys: custom properties are declared by changed keys, not as the whole map.
        adds_silently: added custom properties are not declared as null.
        unreported: fields that change without being declared.
    """

    trusts_empty: bool = False
    reads_keys: bool = False
    adds_silently: bool = False
    unreported: frozenset[str] = frozenset()

    def verifies(self, event: Sighting) -> bool:
        """Whether the event says enough of the state before it to be compared with ours."""
        told = bool(event.before_keys) or (event.empty and self.trusts_empty)
        return told and not event.is_snapshot


def learned(tickets: Iterable[Sequence[Sighting]]) -> Sender:
    """Return what the tickets of one org, each by instant, rank and id, teach of its sender."""
    links = [link for ordered in tickets for link in plain_links(ordered)]
    return Sender(trusts_empty(links), reads_keys(links), adds_silently(links), unreported(links))


def plain_links(ordered: Sequence[Sighting]) -> list[Link]:
    """Return the neighbours that no tie can have put into a wrong order."""
    at_instant = Counter(each.at for each in ordered)
    return [
        (former, event)
        for former, event in pairwise(ordered)
        if at_instant[former.at] == at_instant[event.at] == 1 and not event.is_snapshot
    ]


def trusts_empty(links: Sequence[Link]) -> bool:
    """Whether `{}` stood at three updates or more, and at most one in ten changed something."""
    empties = [(p, e) for p, e in links if e.empty and e.rank == 1]
    changed = [
        (p, e)
        for p, e in empties
        if any(_moved(p, e, field) for field in counted(p, e) if field != "is_deleted")
    ]
    return len(empties) >= 3 and 10 * len(changed) <= len(empties)


def reads_keys(links: Sequence[Link]) -> bool:
    """Whether custom properties read by changed keys fit the state before more often."""
    field = "custom_properties"
    whole = keys = 0
    for former, event in links:
        if field in event.declared and field in counted(former, event):
            by_whole, by_keys = readings(event, field)
            whole += same(field, by_whole, former.image[field])
            keys += same(field, by_keys, former.image[field])
    return keys > whole


def adds_silently(links: Sequence[Link]) -> bool:
    """Whether more events add custom properties without declaring them than with."""
    field = "custom_properties"
    told = untold = 0
    for former, event in links:
        if field in event.declared and field in counted(former, event):
            tells, omits = additions(event, former.image[field])
            told += tells
            untold += omits
    return untold > told


def unreported(links: Sequence[Link]) -> frozenset[str]:
    """Return the fields that went undeclared three times and in nine of ten moves."""
    moved: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    for former, event in links:
        if not event.before_keys:
            continue
        for field in counted(former, event):
            if event.event_type == "ticket.deleted" and field == "is_deleted":
                continue
            moved[field] += _moved(former, event, field) or field in event.declared
            broken[field] += _broken(former, event, field)
    return frozenset(field for field, n in broken.items() if n >= 3 and 10 * n >= 9 * moved[field])


def counted(former: Sighting, event: Sighting) -> list[str]:
    """Return the fields that both events of a link carry."""
    return [field for field in event.image if field in former.image]


def _moved(former: Sighting, event: Sighting, field: str) -> bool:
    return not same(field, former.image[field], event.image[field])


def _broken(former: Sighting, event: Sighting, field: str) -> bool:
    if field not in event.declared:
        return _moved(former, event, field)
    told = readings(event, field)
    return not any(same(field, each, former.image[field]) for each in told)
