"""What is odd in the data of tickets, by rule of the report `data_quality`, plainly told."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from . import sightings
from .changes import changes
from .echoes import REPEATED_WITHIN
from .events import Envelope, Event, distinct
from .fold import Sighting, seen, state
from .images import MESSAGE, TICKET, TICKET_MARKS
from .links import gaps
from .moves import CLASSES
from .tickets import Ticket, tickets
from .values import WrongType, instant, plain, told_instant

MINUTE = 60_000_000
ALIASES = {"ticket_labels", "ticket_custom_properties", "label_ids", "close_ticket_metadata"}
COLUMNS = {*TICKET, *TICKET_MARKS}
INSTANTS = ("created_at", "due_date", "closed_at", "first_assigned_at")
KNOWN = COLUMNS | ALIASES | {"org_id", "ticket_id", "ticket", "chat"}


@dataclass(frozen=True)
class Found:
    """One finding: an event of a ticket; without `event_id` the ticket as a whole."""

    org_id: str
    ticket_id: str | None
    at: int | None
    event_id: str | None


def class_of(status: str | None) -> str:
    """Return the class of a status, however it is spelled."""
    return CLASSES.get(plain(status), "other")


def _events(wanted: Callable[[Ticket, Sighting], bool]) -> Callable[["Corpus"], Iterator[Found]]:
    """Return the rule that finds the events of which something holds by themselves."""

    def rule(corpus: "Corpus") -> Iterator[Found]:
        for ticket in corpus.tickets:
            for event in ticket.told:
                if wanted(ticket, event):
                    yield _about(ticket, event)

    return rule


def _present(wanted: Callable[[Mapping[str, Any]], bool]) -> Callable[["Corpus"], Iterator[Found]]:
    """Return the rule that finds the live tickets of whose present state something holds."""

    def rule(corpus: "Corpus") -> Iterator[Found]:
        for ticket in corpus.tickets:
            now = state(ticket.ordered, TICKET)
            if not now["is_deleted"] and wanted(now):
                last = seen(ticket.ordered)
                yield Found(
                    ticket.org_id, ticket.ticket_id, last["last_event_at"], last["last_event_id"]
                )

    return rule


def _moves(
    wanted: Callable[[str, str, Sighting, Mapping[str, Any]], bool],
) -> Callable[["Corpus"], Iterator[Found]]:
    """Return the rule that finds events which change the status in some way."""

    def rule(corpus: "Corpus") -> Iterator[Found]:
        for ticket in corpus.tickets:
            for change in changes(ticket):
                if change["field"] != "status" or change["changed_after"] is not None:
                    continue
                place = [each.event_id for each in ticket.ordered].index(change["event_id"])
                event = ticket.ordered[place]
                old, new = class_of(change["old_value"]), class_of(change["new_value"])
                if wanted(old, new, event, state(ticket.ordered[: place + 1], TICKET)):
                    yield _about(ticket, event)

    return rule


def _closes(old: str, new: str) -> bool:
    return new == "resolved" and old != "resolved"


def _about(ticket: Ticket, event: Sighting) -> Found:
    return Found(ticket.org_id, ticket.ticket_id, event.at, event.event_id)


@dataclass(frozen=True)
class Corpus:
    """All that was told, as tickets and as events by id."""

    envelopes: list[Envelope]
    tickets: list[Ticket]
    events: dict[str, Event]


def _created_twice(corpus: Corpus) -> Iterator[Found]:
    for ticket in corpus.tickets:
        creations = sorted((e for e in ticket.ordered if e.rank == 0), key=_by_time)
        for former, event in pairwise(creations):
            if event.at - former.at > REPEATED_WITHIN:
                yield _about(ticket, event)


def _created_after_first_event(corpus: Corpus) -> Iterator[Found]:
    for ticket in corpus.tickets:
        told = sorted((e for e in ticket.ordered if not e.is_snapshot), key=_by_time)
        created_at = state(ticket.ordered, TICKET)["created_at"]
        if told and created_at is not None and created_at > told[0].at:
            yield _about(ticket, told[0])


def _updated_while_deleted(corpus: Corpus) -> Iterator[Found]:
    for ticket in corpus.tickets:
        for count, event in enumerate(ticket.ordered):
            before = state(ticket.ordered[:count], ())["is_deleted"]
            after = state(ticket.ordered[: count + 1], ())["is_deleted"]
            if before and after and event.rank == 1 and not event.is_snapshot:
                yield _about(ticket, event)


def _lost_events(corpus: Corpus) -> Iterator[Found]:
    for ticket in corpus.tickets:
        for gap in gaps(ticket):
            yield Found(ticket.org_id, ticket.ticket_id, gap["gap_before"], gap["event_id"])


def _tied_same_field(corpus: Corpus) -> Iterator[Found]:
    for ticket in corpus.tickets:
        at_once: dict[tuple[int, str], set[str]] = {}
        for change in changes(ticket):
            if change["changed_after"] is None:
                key = (change["changed_at"], change["field"])
                at_once.setdefault(key, set()).add(change["event_id"])
        for (at, _), event_ids in at_once.items():
            if len(event_ids) > 1:
                yield Found(ticket.org_id, ticket.ticket_id, at, min(event_ids))


def _unreadable_priority(corpus: Corpus) -> Iterator[Found]:
    for ticket in corpus.tickets:
        for event in ticket.told:
            data = corpus.events[event.event_id].data
            inner = data.get("ticket")
            raw = (inner if isinstance(inner, dict) else data).get("priority")
            if raw not in (None, "") and event.image["priority"] is None:
                yield _about(ticket, event)


def _zero_instants(corpus: Corpus) -> Iterator[Found]:
    for ticket in corpus.tickets:
        for event in ticket.told:
            data = corpus.events[event.event_id].data
            inner = data.get("ticket")
            told = inner if isinstance(inner, dict) else data
            if any(_is_zero(told.get(name)) for name in INSTANTS):
                yield _about(ticket, event)


def _is_zero(value: Any) -> bool:
    with suppress(WrongType):
        return instant(value) is not None and told_instant(value) is None
    return False


def _old_values(
    wanted: Callable[[str, Any, Sighting], bool],
) -> Callable[[Corpus], Iterator[Found]]:
    def rule(corpus: Corpus) -> Iterator[Found]:
        for ticket in corpus.tickets:
            for event in ticket.told:
                for name, value in corpus.events[event.event_id].previous.items():
                    if wanted(name, value, event):
                        yield _about(ticket, event)

    return rule


def _probable_duplicates(corpus: Corpus) -> Iterator[Found]:
    """Of tickets only."""
    for ticket in corpus.tickets:
        told = sorted((e for e in ticket.told if not e.is_snapshot), key=_by_time)
        for event in told:
            same = [e for e in told if (e.event_type, e.image) == (event.event_type, event.image)]
            if any(b is event and b.at - a.at <= 5_000_000 for a, b in pairwise(same)):
                yield _about(ticket, event)


def _ticket_never_seen(corpus: Corpus) -> Iterator[Found]:
    known = {(ticket.org_id, ticket.ticket_id) for ticket in corpus.tickets}
    for (org_id, _), ordered in sightings.messages(corpus.envelopes).items():
        ticket_id = state(ordered, MESSAGE)["ticket_id"]
        if ticket_id and (org_id, ticket_id) not in known:
            last = seen(ordered)
            yield Found(org_id, ticket_id, last["last_event_at"], last["last_event_id"])


def _by_time(event: Sighting) -> tuple[int, str]:
    return event.at, event.event_id


RULES: dict[str, Callable[[Corpus], Iterator[Found]]] = {
    "closed_at_differs": _moves(
        lambda old, new, event, now: (
            _closes(old, new)
            and event.image.get("closed_at") is not None
            and abs(event.image["closed_at"] - event.at) > MINUTE
        )
    ),
    "closed_by_other": _moves(
        lambda old, new, event, now: (
            _closes(old, new)
            and None not in (event.image.get("closed_by"), now["assignee"])
            and event.image["closed_by"] != now["assignee"]
        )
    ),
    "closed_without_closed_at": _present(
        lambda now: class_of(now["status"]) == "resolved" and now["closed_at"] is None
    ),
    "created_after_first_event": _created_after_first_event,
    "created_twice": _created_twice,
    "event_before_creation": _events(
        lambda ticket, event: (
            event.image.get("created_at") is not None and event.at < event.image["created_at"]
        )
    ),
    "lost_events": _lost_events,
    "probable_duplicates": _probable_duplicates,
    "reopened_with_closed_at": _moves(
        lambda old, new, event, now: (
            (old, new) == ("resolved", "active") and now["closed_at"] is not None
        )
    ),
    "status_never_told": _present(lambda now: now["status"] is None),
    "ticket_never_seen": _ticket_never_seen,
    "tied_same_field": _tied_same_field,
    "unknown_priority": _events(
        lambda ticket, event: event.image.get("priority") not in (None, 0, 1, 2, 3, 4)
    ),
    "unknown_status": _events(
        lambda ticket, event: (
            event.image.get("status") is not None and class_of(event.image["status"]) == "other"
        )
    ),
    "unmapped_old_values": _old_values(lambda name, value, event: name not in KNOWN),
    "unreadable_old_values": _old_values(
        lambda name, value, event: (
            name in COLUMNS and value is not None and name not in event.before_keys
        )
    ),
    "unreadable_priority": _unreadable_priority,
    "untrusted_empties": _events(
        lambda ticket, event: event.empty and event.rank == 1 and not ticket.sender.trusts_empty
    ),
    "updated_while_deleted": _updated_while_deleted,
    "zero_instants": _zero_instants,
}
"""Rule to what it finds."""


def findings(envelopes: Iterable[Envelope]) -> dict[str, dict[str, Any]]:
    """Return the row of each rule: how many, about how many tickets, and the earliest event."""
    told = list(envelopes)
    corpus = Corpus(told, list(tickets(told)), {each.event_id: each for each in distinct(told)})
    return {name: _row(list(rule(corpus))) for name, rule in RULES.items()}


def _row(found: list[Found]) -> dict[str, Any]:
    dated = [(each.at, each.event_id) for each in found if each.at is not None]
    return {
        "rows": len(found),
        "tickets": len({(each.org_id, each.ticket_id) for each in found}),
        "example_event_id": min(dated)[1] if dated else None,
    }
