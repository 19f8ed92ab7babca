"""TicketInfo: the ticket with its chat and messages, as ticket events carry it."""

from __future__ import annotations

from .base import Entity
from .chat import Chat
from .message import ShortMessage
from .ticket import Ticket


class TicketInfo(Entity):
    """Payload of ticket events; a ticket without a quoted message has null, `{}` or nothing."""

    ticket: Ticket
    chat: Chat | None = None
    message: ShortMessage | None = None
    attached_messages: list[ShortMessage] | None = None
