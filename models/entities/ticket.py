"""The ticket, in both shapes the vendor sends (contract section 5.1).

TicketInfo's ticket is a view with its own names (`ticket_labels`, `ticket_custom_properties`,
`closed_by`); the plain row has the table's (`labels`, `custom_properties`,
`close_ticket_metadata`). One model reads both.
"""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from ..columns import Flag, Id, Instant, JsonMap, Names, RealNumber, SmallInteger, Text
from .base import Entity, also_named


class Ticket(Entity):
    """A ticket as an after-image; with `read_leniently` also as a before-image."""

    org_id: Id = None
    ticket_id: Id = None
    chat_id: Text = None
    status: Text = None
    subject: Text = None
    priority: SmallInteger = None
    assignee: Text = None
    assigned_by: Text = None
    raised_by: Text = None
    created_at: Instant = None
    due_date: Instant = None
    closed_at: Instant = None
    closed_by: Text = None
    closed_message: Text = None
    first_assigned_at: Instant = None
    quoted_message_id: Text = None
    labels: Names = also_named("ticket_labels", "labels")
    custom_properties: JsonMap = also_named("ticket_custom_properties", "custom_properties")
    is_deleted: Flag = None
    last_updated_at: Instant = None
    last_updated_by: Text = None
    response_time: RealNumber = None
    label_ids: Any = None
    close_ticket_metadata: Any = None

    @model_validator(mode="before")
    @classmethod
    def unfold_close_metadata(cls, value: Any) -> Any:
        """Rows keep closer and message inside `close_ticket_metadata`; `{}` there means none.

        The vendor types it as "anything", so what does not fit inside is no fault.
        """
        if not isinstance(value, dict):
            return value
        metadata = value.get("close_ticket_metadata")
        if not isinstance(metadata, dict):
            return value
        inner = {name: metadata.get(name) for name in ("closed_by", "closed_message")}
        fitting = {name: v for name, v in inner.items() if v is None or isinstance(v, str)}
        return {**fitting, **value}

    def is_present(self, name: str) -> bool:
        """A null `is_deleted` says nothing: deletion is an event, not a missing flag."""
        return name != "is_deleted" or self.is_deleted is not None
