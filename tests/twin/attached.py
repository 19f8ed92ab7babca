"""Which messages belong to which ticket, and which event says so first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from .events import Envelope, Event, distinct
from .fold import Row
from .images import MESSAGE, TICKET, read
from .sightings import MESSAGE_EVENTS, TICKET_EVENTS, message_id_of, ticket_of


@dataclass(frozen=True)
class Link:
    """What an event tells of one message of a ticket.

    Attributes:
        message: the long id, or whatever the message goes by; None if only the short one is told.
        short: the short id that is told beside it.
    """

    event: Event
    ticket_id: str
    kind: str
    message: str | None
    short: str | None


def ticket_messages(envelopes: Iterable[Envelope]) -> list[Row]:
    """Return one row per ticket, message and kind of link: the first that tells of it."""
    told = [link for event in distinct(envelopes) for link in _links(event)]
    told.sort(key=lambda each: (each.event.at, each.event.event_id, each.message or ""))
    found: dict[tuple[str, ...], Row] = {}
    for link in told:
        short = _short(link, told)
        message = link.message
        if message is None or message == short:  # only the short id: whose long id is it?
            ids = {each.message for each in told if _is_of(each, link, short, told)}
            message = min((id for id in ids if id and id != short), default=message)
        thing = message or short
        assert thing is not None, "each link names its message"
        key = {"org_id": link.event.org_id, "ticket_id": link.ticket_id, "link": link.kind}
        row = {
            **key,
            "message_id": message,
            "unique_id": short,
            "linked_at": link.event.at,
            "event_id": link.event.event_id,
        }
        found.setdefault((*key.values(), thing), row)
    return list(found.values())


def short_of(message_id: str | None) -> str | None:
    """Return the short id in {true|false}_{chat_id}_{short id}[_{author}]; other ids have none."""
    side, _, rest = (message_id or "").partition("_")
    _, _, after_at = rest.partition("@")
    parts = after_at.split("_")
    is_long = side in ("true", "false") and len(parts) > 1
    return parts[1] or None if is_long else None


def quoted_id(quoted_message_id: str | None) -> str | None:
    """Return the short id of the message a ticket quotes, which may be told by its long id."""
    return short_of(quoted_message_id) or quoted_message_id or None


def _short(link: Link, told: list[Link]) -> str | None:
    """Return the short id of a message: as told by any event, else the one in its long id."""
    others = [each.short for each in told if each.short and _same_message(each, link)]
    return min(others) if others else short_of(link.message)


def _is_of(one: Link, other: Link, short: str | None, told: list[Link]) -> bool:
    """Whether two links are of one ticket and kind, and the message of one has this short id."""
    ones, others = ((each.event.org_id, each.ticket_id, each.kind) for each in (one, other))
    return ones == others and _short(one, told) == short


def _same_message(one: Link, other: Link) -> bool:
    """Whether two links tell the same of a ticket, and name the message by the same id."""
    ones, others = (replace(each, message=each.message or each.short) for each in (one, other))
    return (ones.event.org_id, ones.ticket_id, ones.kind, ones.message) == (
        others.event.org_id,
        others.ticket_id,
        others.kind,
        others.message,
    )


def _links(event: Event) -> Iterator[Link]:
    if event.event_type in TICKET_EVENTS:
        ticket = ticket_of(event)
        ticket_id = ticket["ticket_id"]
        quoted = read(TICKET, ticket).get("quoted_message_id")
        if quoted and short_of(quoted):
            yield Link(event, ticket_id, "quoted", quoted, short_of(quoted))
        elif quoted:
            message = (event.data.get("message") or {}).get("message_id")
            parts = (message or "").split("_")
            is_it = len(parts) > 2 and parts[2] == quoted
            yield Link(event, ticket_id, "quoted", message if is_it else None, quoted)
        for each in event.data.get("attached_messages") or []:
            if each.get("message_id"):
                yield Link(event, ticket_id, "attached", each["message_id"], None)
    elif event.event_type in MESSAGE_EVENTS:
        image = read(MESSAGE, event.data)
        if image.get("ticket_id"):
            short = image.get("unique_id") or None
            yield Link(event, image["ticket_id"], "attached", message_id_of(event), short)
