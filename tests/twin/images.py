"""What an object of the vendor says about its fields: field to value, only those present."""

from collections.abc import Callable, Mapping
from typing import Any

from .values import (
    WrongType,
    flag,
    instant,
    labels,
    members,
    properties,
    real_number,
    small_number,
    status,
    text,
    texts,
    told_instant,
    whole_number,
)

Image = dict[str, Any]
Fields = Mapping[str, tuple[Callable[[Any], Any], tuple[str, ...]]]
"""Field to its kind and the names it may have in the vendor's object, best name first."""

TICKET: Fields = {
    "chat_id": (text, ("chat_id",)),
    "status": (status, ("status",)),
    "subject": (text, ("subject",)),
    "priority": (small_number, ("priority",)),
    "assignee": (text, ("assignee",)),
    "assigned_by": (text, ("assigned_by",)),
    "raised_by": (text, ("raised_by",)),
    "created_at": (told_instant, ("created_at",)),
    "due_date": (told_instant, ("due_date",)),
    "closed_at": (told_instant, ("closed_at",)),
    "closed_by": (text, ("closed_by", "close_ticket_metadata.closed_by")),
    "closed_message": (text, ("closed_message", "close_ticket_metadata.closed_message")),
    "first_assigned_at": (told_instant, ("first_assigned_at",)),
    "quoted_message_id": (text, ("quoted_message_id",)),
    "labels": (labels, ("ticket_labels", "labels")),
    "custom_properties": (properties, ("ticket_custom_properties", "custom_properties")),
    "is_deleted": (flag, ("is_deleted",)),
}

TICKET_MARKS: Fields = {
    "last_updated_at": (instant, ("last_updated_at",)),
    "last_updated_by": (text, ("last_updated_by",)),
    "response_time": (real_number, ("response_time",)),
}
"""Columns of a ticket that are stored and not tracked: they prove that something was declared."""

CHAT: Fields = {
    "chat_name": (text, ("chat_name",)),
    "chat_type": (text, ("chat_type",)),
    "org_phone": (text, ("org_phone",)),
    "chat_org_phones": (texts, ("chat_org_phones",)),
    "chat_image": (text, ("chat_image",)),
    "created_at": (instant, ("created_at",)),
    "updated_at": (instant, ("updated_at",)),
    "is_muted": (flag, ("is_muted",)),
    "is_archived": (flag, ("is_archived", "archived")),
    "is_exited": (flag, ("is_exited",)),
    "is_pinned": (flag, ("is_pinned", "pinned")),
    "invite_link": (text, ("invite_link",)),
    "group_description": (text, ("group_description",)),
    "labels": (labels, ("chat_labels", "labels")),
    "custom_properties": (properties, ("custom_properties",)),
    "assigned_to": (text, ("assigned_to",)),
    "closed_at": (instant, ("closed_at",)),
    "member_count": (whole_number, ("member_count",)),
    "members": (members, ("members",)),
    "is_deleted": (flag, ("is_deleted",)),
}

MEMBER: Fields = {
    "contact_name": (text, ("contact_name",)),
    "contact_labels": (labels, ("contact_labels",)),
    "is_admin": (flag, ("is_admin",)),
    "is_super_admin": (flag, ("is_super_admin",)),
    "is_internal": (flag, ("is_internal",)),
}

MESSAGE: Fields = {
    "unique_id": (text, ("unique_id",)),
    "chat_id": (text, ("chat_id",)),
    "ticket_id": (text, ("message_ticket_id",)),
    "org_phone": (text, ("org_phone",)),
    "body": (text, ("body",)),
    "message_type": (text, ("message_type",)),
    "from_me": (flag, ("from_me",)),
    "author": (text, ("author",)),
    "sender_phone": (text, ("sender_phone",)),
    "performed_by": (text, ("performed_by",)),
    "sent_at": (instant, ("timestamp",)),
    "is_deleted": (flag, ("is_deleted",)),
    "flag_status": (flag, ("flag_status",)),
    "quoted_message_id": (text, ("quoted_message_id",)),
    "has_media": (flag, ("has_media",)),
    "ack": (small_number, ("ack",)),
    "is_private_note": (flag, ("is_private_note",)),
}

NULL_SAYS_NOTHING = ("is_deleted", "members")


def read(fields: Fields, source: Mapping[str, Any], *, leniently: bool = False) -> Image:
    """Return the fields that `source` carries; leniently, values of a wrong type are not there.

    Raises:
        WrongType: a value does not fit its field, and we are not lenient.
    """
    source = with_close_metadata(source)
    image: Image = {}
    for field, (kind, names) in fields.items():
        for name in names:
            if name not in source or field in image:
                continue
            try:
                image[field] = kind(source[name])
            except WrongType:
                if not leniently:
                    raise
    for field in NULL_SAYS_NOTHING:
        if field in image and image[field] is None:
            del image[field]
    return image


def with_close_metadata(source: Mapping[str, Any]) -> dict[str, Any]:
    """Spell out who closed a ticket row and why; an empty object says: nobody, nothing."""
    metadata = source.get("close_ticket_metadata")
    inner = {}
    if isinstance(metadata, dict):
        for name in ("closed_by", "closed_message"):
            inner[f"close_ticket_metadata.{name}"] = metadata.get(name)
    return {**source, **inner}
