"""Records that are no events: rows of an audit log, and objects as they were read."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from ticketledger.models.entities import TicketAuditLog
from ticketledger.models.envelope import NAME_KEYS, Delivery, Form, PreviousState, TimeSource
from ticketledger.models.rejection import Code, Rejection

from .envelope_parts import Json, instant_of, org_of, required

_SNAPSHOTS: Final = (
    ("ticket_id", "ticket.snapshot", ("last_updated_at",)),
    ("message_id", "message.snapshot", ("updated_at", "timestamp")),
    ("chat_id", "chat.snapshot", ("updated_at",)),
)
"""Bare objects: the id that tells them, our name for them, where they say when they were true."""

_NO_SNAPSHOTS: Final = ("reaction_id", "notification_id", "phone_id", "task_id", "property_id")
"""Ids of objects that name a chat or a message but are none."""


def audit_row(row: Json) -> Delivery:
    """An audit-log row: the table row before and after; only what changed is the before-image."""
    log = TicketAuditLog.read(row)
    new, old = log.new_record, log.old_record
    if new is None and old is None:
        raise Rejection(Code.NO_PAYLOAD, "new_record", "neither a new nor an old record")
    event_type = "ticket.updated" if new and old else "ticket.created" if new else "ticket.deleted"
    changed = {k: v for k, v in (old or {}).items() if new is None or k not in new or new[k] != v}
    if old is None or new is None:
        state, previous = PreviousState.ABSENT, None
    else:
        state, previous = (PreviousState.OBJECT if changed else PreviousState.EMPTY), changed
    return Delivery(
        event_type=event_type,
        org_id=org_of(row.get("org_id"), new or old or {}),
        event_at=required(log.timestamp, "timestamp"),
        time_source=TimeSource.ENVELOPE,
        data=new or {},
        previous_state=state,
        previous=previous,
        form=Form.AUDIT_LOG,
        rest={k: v for k, v in row.items() if k != "new_record"},
        steps=("new_record",),
        log_id=log.log_id,
        ticket_id=log.ticket_id,
    )


def snapshot(value: Json, observed_at: datetime | None, otherwise_at: datetime | None) -> Delivery:
    """An object without an event: what was true when it was read, or last updated."""
    inner = value["ticket"] if isinstance(value.get("ticket"), dict) else value
    kinds = [kind for kind in _SNAPSHOTS if isinstance(inner.get(kind[0]), str)]
    if any(key in inner for key in _NO_SNAPSHOTS):
        kinds = []
    if not kinds:
        names = ", ".join(f"`{key}`" for key in NAME_KEYS)
        raise Rejection(Code.NO_EVENT_NAME, "", f"none of {names} names the event")
    _, event_type, time_keys = kinds[0]
    at = observed_at
    for key in time_keys:
        if at is None and inner.get(key):
            at = instant_of(inner[key], key)
    time_source = TimeSource.OBJECT if at and not observed_at else TimeSource.OBSERVED
    at = at or otherwise_at
    if at is None:
        reason = "a snapshot must say when it was true: `--observed-at`"
        raise Rejection(Code.NO_TIMESTAMP, "", reason)
    return Delivery(
        event_type=event_type,
        org_id=org_of(value.get("org_id"), value),
        event_at=at,
        time_source=time_source,
        data=value,
        previous_state=PreviousState.ABSENT,
        previous=None,
        form=Form.SNAPSHOT,
        steps=(),
    )
