"""The stored event: one row of the ledger, built from a delivery. The only way into the ledger."""

from __future__ import annotations

from typing import Any

from .catalogue import PAYLOADS, SECRETS, ObjectType, object_of, requires_id
from .entities import (
    REPEATED,
    Chat,
    Entity,
    Image,
    Message,
    Notification,
    Reaction,
    Ticket,
    TicketInfo,
)
from .envelope import Delivery, PreviousState
from .identity import audit_event_id, event_id
from .instants import microseconds
from .jsontext import canonical
from .rejection import Code, Rejection, dotted

REDACTED = "[redacted]"


def event_row(delivery: Delivery) -> dict[str, Any]:
    """Validate a delivery and return its row, without the columns a commit adds.

    Raises:
        Rejection: `missing_field`, `wrong_type` or `bad_instant`.
    """
    object_type = object_of(delivery.event_type)
    row: dict[str, Any] = {
        "event_type": delivery.event_type,
        "object_type": str(object_type),
        "org_id": delivery.org_id,
        "event_at": delivery.event_at,
        "time_source": str(delivery.time_source),
        "previous_state": str(delivery.previous_state),
        "form": str(delivery.form),
        "envelope": canonical(delivery.rest),
    }
    read_payload = {ObjectType.TICKET: _ticket, ObjectType.CHAT: _chat}.get(object_type, _other)
    row |= read_payload(delivery)
    data = canonical(delivery.data)
    previous = _previous_text(delivery)
    if delivery.log_id is not None:
        row["event_id"] = audit_event_id(delivery.org_id, delivery.log_id)
    else:
        row["event_id"] = event_id(
            delivery.event_type, delivery.org_id, microseconds(delivery.event_at), data, previous
        )
    row["data"], row["previous_attributes"] = data, previous
    if object_type is ObjectType.TICKET and delivery.data.keys() <= {"ticket", *REPEATED}:
        row |= _apart(delivery.data)
    if secrets := SECRETS.get(object_type):
        row["data"] = canonical(_without_secrets(delivery.data, secrets))
        row["envelope"] = canonical(_without_secrets(delivery.rest, secrets))
        if previous is not None:
            row["previous_attributes"] = canonical(_without_secrets(delivery.previous, secrets))
    return row


def _ticket(delivery: Delivery) -> dict[str, Any]:
    data = delivery.data
    chat = None
    if isinstance(data.get("ticket"), dict):
        info = TicketInfo.read(data, delivery.steps)
        ticket, chat = info.ticket, info.chat
        id_steps = (*delivery.steps, "ticket", "ticket_id")
    else:
        ticket = Ticket.read(data, delivery.steps)
        id_steps = (*delivery.steps, "ticket_id")
    ticket_id = ticket.ticket_id or delivery.ticket_id
    if not ticket_id:
        raise Rejection(Code.MISSING_FIELD, dotted(id_steps), "a ticket event must name its ticket")
    image = ticket.image()
    if chat is not None and chat.chat_id:
        image = _with(image, "chat_id", chat.chat_id)
    if delivery.event_type == "ticket.deleted":
        image = _with(image, "is_deleted", True)
    row = {"ticket_id": ticket_id, "chat_id": image.values.get("chat_id")}
    row |= _columns("ticket", image)
    before = delivery.previous or {}
    nested = before.get("ticket")
    if before:
        flat = {**before, **nested} if isinstance(nested, dict) else before
        row |= _columns("ticket_before", Ticket.read_leniently(flat).image())
    if chat is not None and chat.chat_id:
        row |= _chat_columns(chat)
        if isinstance(before.get("chat"), dict) and before["chat"]:
            row |= _columns("chat_before", Chat.read_leniently(before["chat"]).image())
    return row


def _chat(delivery: Delivery) -> dict[str, Any]:
    chat = Chat.read(delivery.data, delivery.steps)
    if not chat.chat_id:
        _refuse_missing_id(delivery, "chat_id")
        return {}
    row = {"chat_id": chat.chat_id, **_chat_columns(chat)}
    if delivery.previous:
        row |= _columns("chat_before", Chat.read_leniently(delivery.previous).image())
    return row


def _other(delivery: Delivery) -> dict[str, Any]:
    entity = PAYLOADS[object_of(delivery.event_type)].read(delivery.data, delivery.steps)
    if isinstance(entity, Message):
        return _message(delivery, entity)
    if isinstance(entity, Reaction):
        return {"message_id": entity.message_id, "chat_id": entity.chat_id}
    if isinstance(entity, Notification):
        return {"chat_id": entity.chat_id}
    return _ids_if_texts(entity)


def _message(delivery: Delivery, message: Message) -> dict[str, Any]:
    message_id = message.identity()
    if not message_id:
        _refuse_missing_id(delivery, "message_id")
        return {}
    image = message.image()
    if delivery.event_type == "message.deleted":
        image = _with(image, "is_deleted", True)
    return {
        "message_id": message_id,
        "chat_id": message.chat_id,
        "ticket_id": message.message_ticket_id,
        **_columns("message", image),
    }


def _ids_if_texts(entity: Entity) -> dict[str, Any]:
    """Nothing is known about this object; an id that looks like one helps to find it."""
    extra = entity.model_extra or {}
    names = ("ticket_id", "chat_id", "message_id")
    return {name: extra[name] for name in names if isinstance(extra.get(name), str)}


def _apart(info: dict[str, Any]) -> dict[str, Any]:
    """Return the text of a TicketInfo in pieces: what repeats from event to event by itself."""
    parts = {f"data_{part}": canonical(info[part]) for part in REPEATED if part in info}
    return {"data": canonical({"ticket": info["ticket"]}), **parts} if "ticket" in info else {}


def _chat_columns(chat: Chat) -> dict[str, Any]:
    return _columns("chat", chat.image()) | {"members": chat.members}


def _columns(name: str, image: Image) -> dict[str, Any]:
    return {name: image.values, f"{name}_keys": image.keys}


def _with(image: Image, name: str, value: Any) -> Image:
    values = {**image.values, name: value}
    return Image(f",{','.join(sorted(values))},", values)


def _refuse_missing_id(delivery: Delivery, name: str) -> None:
    if requires_id(delivery.event_type):
        path = dotted((*delivery.steps, name))
        raise Rejection(Code.MISSING_FIELD, path, f"`{delivery.event_type}` must carry it")


def _previous_text(delivery: Delivery) -> str | None:
    if delivery.previous_state is PreviousState.ABSENT:
        return None
    return canonical(delivery.previous)


def _without_secrets(value: Any, secrets: tuple[str, ...]) -> Any:
    """Return a value with secrets blacked out, however deep they stand."""
    if isinstance(value, dict):
        return {
            key: REDACTED if key in secrets and inner else _without_secrets(inner, secrets)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(inner, secrets) for inner in value]
    return value
