"""Which event speaks of which ticket, chat or message, and what it says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from .events import Envelope, Event, distinct
from .fold import Sighting, in_order
from .images import CHAT, MESSAGE, TICKET, TICKET_MARKS, Image, read

Key = tuple[str, str]
"""An org and the id of a ticket, chat or message in it."""

TICKET_EVENTS = ("ticket.created", "ticket.updated", "ticket.deleted", "ticket.snapshot")
CHAT_EVENTS = (
    "chat.created",
    "chat.updated",
    "chat.label.updated",
    "chat.custom_properties.updated",
)
MESSAGE_EVENTS = (
    "message.created",
    "message.updated",
    "message.deleted",
    "message.ack.updated",
    "message.flagged",
    "message.unflagged",
    "message.ticket.attached",
    "note.created",
)

TICKET_RANKS = {"ticket.created": 0, "ticket.deleted": 2}
CHAT_RANKS = {"chat.created": 0, "chat.deleted": 2}
MESSAGE_RANKS = {"message.created": 0, "note.created": 0, "message.deleted": 2}


def tickets(envelopes: Iterable[Envelope]) -> dict[Key, list[Sighting]]:
    """Return the events of each ticket by instant, rank and id: without the order of links."""
    return _by_key(envelopes, _ticket)


def chats(envelopes: Iterable[Envelope]) -> dict[Key, list[Sighting]]:
    return _by_key(envelopes, _chat)


def messages(envelopes: Iterable[Envelope]) -> dict[Key, list[Sighting]]:
    return _by_key(envelopes, _message)


def _by_key(
    envelopes: Iterable[Envelope], spot: Callable[[Event], tuple[str, Sighting] | None]
) -> dict[Key, list[Sighting]]:
    found: dict[Key, list[Sighting]] = {}
    for event in distinct(envelopes):
        spotted = spot(event)
        if spotted is not None:
            found.setdefault((event.org_id, spotted[0]), []).append(spotted[1])
    return {key: in_order(sightings) for key, sightings in found.items()}


def ticket_of(event: Event) -> dict[str, Any]:
    """Return the ticket of a ticket event: inside TicketInfo, or the plain row."""
    inner = event.data.get("ticket")
    return inner if isinstance(inner, dict) else event.data


def message_id_of(event: Event) -> str:
    """Return what the message of a message event goes by."""
    data = event.data
    message_id: str = data.get("message_id") or data.get("unique_id") or data["id"]["id"]
    return message_id


def _ticket(event: Event) -> tuple[str, Sighting] | None:
    if event.event_type not in TICKET_EVENTS:
        return None
    ticket = ticket_of(event)
    image = read(TICKET, ticket)
    chat = _chat_of_ticket(event)
    if chat is not None:
        image["chat_id"] = chat["chat_id"]
    if event.event_type == "ticket.deleted":
        image["is_deleted"] = True
    nested = event.previous.get("ticket")
    former = {**event.previous, **nested} if isinstance(nested, dict) else event.previous
    declared = read(TICKET, former, leniently=True)
    sighting = _sighting(event, TICKET_RANKS, image, declared, bool(event.previous))
    marks = read(TICKET_MARKS, former, leniently=True)
    before_keys = frozenset((*declared, *marks))
    return ticket["ticket_id"], replace(
        sighting, before_keys=before_keys, empty=event.previous_is_empty
    )


def _chat(event: Event) -> tuple[str, Sighting] | None:
    if event.event_type in TICKET_EVENTS:
        chat = _chat_of_ticket(event)
        former = event.previous.get("chat")
    elif event.event_type in CHAT_EVENTS and event.data.get("chat_id"):
        chat = event.data
        former = event.previous
    else:
        return None
    if chat is None:
        return None
    declared = read(CHAT, former, leniently=True) if isinstance(former, dict) else {}
    told = isinstance(former, dict) and bool(former)
    return chat["chat_id"], _sighting(event, CHAT_RANKS, read(CHAT, chat), declared, told)


def _message(event: Event) -> tuple[str, Sighting] | None:
    if event.event_type not in MESSAGE_EVENTS:
        return None
    image = read(MESSAGE, event.data)
    if event.event_type == "message.deleted":
        image["is_deleted"] = True
    return message_id_of(event), _sighting(event, MESSAGE_RANKS, image, {}, bool(event.previous))


def _chat_of_ticket(event: Event) -> dict[str, Any] | None:
    """The chat inside TicketInfo; a plain ticket row has none, and one without an id is no chat."""
    if not isinstance(event.data.get("ticket"), dict):
        return None
    chat: dict[str, Any] | None = event.data.get("chat")
    return chat if chat and chat.get("chat_id") else None


def _sighting(
    event: Event, ranks: Mapping[str, int], image: Image, declared: Image, declares: bool
) -> Sighting:
    return Sighting(
        at=event.at,
        rank=ranks.get(event.event_type, 1),
        event_id=event.event_id,
        event_type=event.event_type,
        image=image,
        declared=declared,
        declares=declares,
    )
