"""Which object each event is about. A new event of a known object is one name in this file.

Sources: the vendor's client and database enums (contract section 3). Names are looked up, never
split at a dot: `chat.notification.created` is no chat, `message.ticket.attached` is a message.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from .entities import (
    Chat,
    Entity,
    Message,
    Notification,
    Organisation,
    Phone,
    Reaction,
    TicketInfo,
    Unknown,
)


class ObjectType(StrEnum):
    """What an event is about; stored in `events.object_type`."""

    TICKET = "ticket"
    CHAT = "chat"
    MESSAGE = "message"
    NOTE = "note"
    REACTION = "reaction"
    NOTIFICATION = "notification"
    PHONE = "phone"
    ORG = "org"
    UNKNOWN = "unknown"


_DOCUMENTED: Final = {
    ObjectType.TICKET: ("ticket.created", "ticket.updated", "ticket.deleted"),
    ObjectType.CHAT: ("chat.created", "chat.custom_properties.updated"),
    ObjectType.MESSAGE: (
        "message.created",
        "message.updated",
        "message.deleted",
        "message.ack.updated",
        "message.flagged",
        "message.unflagged",
        "message.ticket.attached",
    ),
    ObjectType.NOTE: ("note.created",),
    ObjectType.REACTION: ("reaction.created", "reaction.updated"),
    ObjectType.NOTIFICATION: ("chat.notification.created",),
    ObjectType.PHONE: (
        "org.phone.connected",
        "org.phone.disconnected",
        "org.phone.updated",
        "org.phone.qr",
    ),
}
"""Events a customer can subscribe to; their ticket, chat or message must carry its id."""

_UNDOCUMENTED: Final = {
    ObjectType.CHAT: ("chat.updated", "chat.label.updated"),
    ObjectType.REACTION: ("reaction.added",),
    ObjectType.PHONE: ("org.phone.created",),
    ObjectType.ORG: (
        "org.created",
        "org.updated",
        "org.member.created",
        "org.member.updated",
        "org.integrations.updated",
        "org.subscription.trial_will_end",
    ),
}
"""Names seen only in the vendor's database enum; an object without its id is kept raw."""

_OURS: Final = {
    ObjectType.TICKET: ("ticket.snapshot",),
    ObjectType.CHAT: ("chat.snapshot",),
    ObjectType.MESSAGE: ("message.snapshot",),
}
"""Names ticketledger gives to objects that came without an event."""

OBJECTS: Final = {
    name: object_type
    for names in (_DOCUMENTED, _UNDOCUMENTED, _OURS)
    for object_type, events in names.items()
    for name in events
}

PAYLOADS: Final[dict[ObjectType, type[Entity]]] = {
    ObjectType.TICKET: TicketInfo,
    ObjectType.CHAT: Chat,
    ObjectType.MESSAGE: Message,
    ObjectType.NOTE: Message,
    ObjectType.REACTION: Reaction,
    ObjectType.NOTIFICATION: Notification,
    ObjectType.PHONE: Phone,
    ObjectType.ORG: Organisation,
    ObjectType.UNKNOWN: Unknown,
}

SECRETS: Final = {ObjectType.PHONE: ("qr_code",)}
"""Fields whose value is a login secret: never stored (contract section 10)."""


def event_name(name: str) -> str:
    """Return the one spelling of an event's name: `chat.custom-properties.updated` has two."""
    return name.strip().lower().replace("-", "_")


def object_of(event_type: str) -> ObjectType:
    """Return what an event of this (normalised) name is about."""
    return OBJECTS.get(event_type, ObjectType.UNKNOWN)


def requires_id(event_type: str) -> bool:
    """Whether an event of this name is refused when its object has no id."""
    object_type = object_of(event_type)
    return event_type in _DOCUMENTED.get(object_type, ()) or event_type in _OURS.get(
        object_type, ()
    )
