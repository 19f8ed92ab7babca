"""The chat in its three shapes, and its members (contract sections 5.2 and 5.3).

CI is the chat inside TicketInfo (`chat_labels`), CO the object of chat events (`labels`), TR the
plain row (`archived`, `pinned`; no members, labels or properties).
"""

from __future__ import annotations

from typing import Annotated, Any

import pyarrow as pa
from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator

from ..columns import Column, Flag, Id, Instant, JsonMap, Kind, Names, Text, Texts, WholeNumber
from ..jsontext import canonical
from .base import Entity, also_named


class ChatMember(Entity):
    """One participant of a chat; the key of the member map is the contact id."""

    contact_id: Text = None
    contact_name: Text = None
    contact_color: Text = None
    contact_image: Text = None
    contact_labels: Names = Field(default_factory=list)
    is_admin: Flag = None
    is_super_admin: Flag = None
    is_internal: Flag = None


MEMBER_COLUMNS = {"contact_name", "contact_labels", "is_admin", "is_super_admin", "is_internal"}
"""What is stored of a member beside `data`; its picture has a new address all the time."""


def _member_columns(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Every member is checked; what is stored is their columns, as canonical JSON text."""
    members = check(value)
    if members is None:
        return None
    return canonical(
        {
            contact_id: member.model_dump(include=MEMBER_COLUMNS) if member else {}
            for contact_id, member in members.items()
        }
    )


Members = Annotated[
    dict[str, ChatMember | None] | None,
    WrapValidator(_member_columns),
    Column(Kind.MEMBERS, pa.string(), "VARCHAR", is_apart=True),
]


class Chat(Entity):
    """A chat as an after-image; with `read_leniently` also as a before-image."""

    org_id: Id = None
    chat_id: Id = None
    chat_name: Text = None
    chat_type: Text = None
    org_phone: Text = None
    chat_org_phones: Texts = None
    chat_image: Text = None
    created_at: Instant = None
    updated_at: Instant = None
    is_muted: Flag = None
    is_archived: Flag = also_named("is_archived", "archived")
    is_exited: Flag = None
    is_pinned: Flag = also_named("is_pinned", "pinned")
    is_deleted: Flag = None
    invite_link: Text = None
    group_description: Text = None
    labels: Names = also_named("chat_labels", "labels")
    custom_properties: JsonMap = None
    assigned_to: Text = None
    closed_at: Instant = None
    member_count: WholeNumber = None
    members: Members = None

    def is_present(self, name: str) -> bool:
        """Null members are unknown, not none; a null `is_deleted` says nothing."""
        return name not in ("members", "is_deleted") or getattr(self, name) is not None
