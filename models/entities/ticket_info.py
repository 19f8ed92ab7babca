"""TicketInfo: the ticket with its chat and messages, as ticket events carry it."""

from __future__ import annotations

from typing import Final

from .base import Entity
from .chat import Chat
from .message import ShortMessage
from .ticket import Ticket

REPEATED: Final = ("attached_messages", "chat", "message")
"""Parts of a TicketInfo that hardly change from event to event: stored beside `data`, in columns
of their own whose equal values the file holds once."""


class TicketInfo(Entity):
    """Payload of ticket events; a ticket without a quoted message has null, `{}` or nothing."""

    ticket: Ticket
    chat: Chat | None = None
    message: ShortMessage | None = None
    attached_messages: list[ShortMessage] | None = None
