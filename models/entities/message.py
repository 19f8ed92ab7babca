"""Messages, notes and the short messages inside TicketInfo (contract sections 5.4 to 5.6)."""

from __future__ import annotations

from typing import Any

from ..columns import Flag, Id, Instant, RealNumber, SmallInteger, Text, Texts
from .base import Entity, also_named


class ShortMessage(Entity):
    """The message a ticket was raised from, or one attached to it."""

    message_id: Id = None
    chat_id: Text = None
    org_phone: Text = None
    body: Text = None
    sent_at: Instant = also_named("timestamp")
    media_path: Text = None
    sender_name: Text = None
    sender_phone: Text = None
    performed_by: Text = None


class Message(Entity):
    """A message or, with `is_private_note`, an internal note; events may carry a part of it."""

    org_id: Id = None
    message_id: Id = None
    unique_id: Text = None
    chat_id: Text = None
    org_phone: Text = None
    body: Text = None
    prev_body: Text = None
    message_type: Text = None
    from_me: Flag = None
    author: Text = None
    sender_phone: Text = None
    performed_by: Text = None
    sent_at: Instant = also_named("timestamp")
    updated_at: Instant = None
    ack: SmallInteger = None
    is_deleted: Flag = None
    is_private_note: Flag = None
    flag_status: Flag = None
    flag_response_time: RealNumber = None
    has_media: Flag = None
    quoted_message_id: Text = None
    message_ticket_id: Text = None
    mentioned_ids: Texts = None
    id: Any = None

    def identity(self) -> str | None:
        """`message_id`, else `unique_id`, else `id.id`: some deliveries carry only one of them."""
        inner = self.id.get("id") if isinstance(self.id, dict) else None
        return self.message_id or self.unique_id or (inner if isinstance(inner, str) else None)

    def is_present(self, name: str) -> bool:
        """A null `is_deleted` says nothing; a key of the vendor's named `sent_at` is not ours."""
        if name == "sent_at" and name in (self.model_extra or {}):
            return self.sent_at is not None
        return name != "is_deleted" or self.is_deleted is not None
