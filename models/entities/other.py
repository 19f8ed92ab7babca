"""Objects kept raw, of which only ids and times are read (contract section 5.6)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Strict

from ..columns import Flag, Id, Instant, Names, Text, Texts
from .base import Entity, also_named


class Reaction(Entity):
    """An emoji on a message; a null or empty `reaction` takes it back."""

    org_id: Id = None
    reaction_id: Id = None
    message_id: Id = None
    chat_id: Id = None
    org_phone: Text = None
    sender_id: Text = None
    reaction: Text = None
    sent_at: Instant = also_named("timestamp")
    unique_id: Text = None


class Notification(Entity):
    """A group event: members added or removed, a new subject, a call."""

    org_id: Id = None
    notification_id: Id = None
    chat_id: Id = None
    org_phone: Text = None
    author: Text = None
    type: Text = None
    body: Text = None
    sent_at: Instant = also_named("timestamp")
    recipientids: Texts = None
    unique_id: Text = None


class Phone(Entity):
    """A connected WhatsApp number of the team."""

    org_id: Id = None
    phone_id: Id = None
    org_phone: Text = None
    phone_name: Text = None
    phone_image: Text = None
    qr_code: Text = None
    wa_state: Text = None
    is_ready: Flag = None
    created_at: Instant = None
    updated_at: Instant = None
    first_connected_at: Instant = None
    labels: Names = Field(default_factory=list)


class Organisation(Entity):
    """Anything under `org.*` that is not a phone: members, integrations, subscriptions."""

    org_id: Id = None


class CustomPropertyDefinition(Entity):
    """A custom property as set up in the console (REST only, not an event)."""

    property_id: Annotated[str, Strict()]
    property_name: Text = None
    property_value_type: Text = None
    property_value: Any = None
    type: Literal["chat", "ticket", "contact"] | str | None = None
    section: Text = None


class Task(Entity):
    """A task of a team member (no webhook in the vendor's client; not a ticket)."""

    org_id: Id = None
    task_id: Annotated[str, Strict()]
    title: Text = None
    status: Text = None
    due_date: Instant = None


class Unknown(Entity):
    """An event the catalogue does not name: kept whole, nothing is assumed."""
