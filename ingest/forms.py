"""Undo the forms an envelope comes in (contract section 2): each ends as the same `Delivery`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from ticketledger.models import jsontext
from ticketledger.models.catalogue import ObjectType, event_name, object_of
from ticketledger.models.entities import TicketAuditLog
from ticketledger.models.entities.base import rejection
from ticketledger.models.envelope import (
    NAME_KEYS,
    Delivery,
    Envelope,
    Form,
    PreviousState,
    TimeSource,
)
from ticketledger.models.instants import BadInstant, parse_instant
from ticketledger.models.rejection import Code, Rejection, dotted

Json = dict[str, Any]

_OWN_TIME: Final = {
    ObjectType.MESSAGE,
    ObjectType.NOTE,
    ObjectType.REACTION,
    ObjectType.NOTIFICATION,
}
"""Objects with a `timestamp` of their own, which hides the envelope's in the flattened form."""

_SNAPSHOTS: Final = (
    ("ticket_id", "ticket.snapshot", ("last_updated_at",)),
    ("message_id", "message.snapshot", ("updated_at", "timestamp")),
    ("chat_id", "chat.snapshot", ("updated_at",)),
)
"""Bare objects: the id that tells them, our name for them, where they say when they were true."""

_NO_SNAPSHOTS: Final = ("reaction_id", "notification_id", "phone_id", "task_id", "property_id")
"""Ids of objects that name a chat or a message but are none."""


class _Texts:
    """Reads JSON that stands in a string, within the same limits as the record around it."""

    def __init__(self, max_depth: int) -> None:
        self._max_depth = max_depth
        self.repeated_keys = 0

    def parse(self, text: str, path: str) -> Any:
        try:
            parsed = jsontext.parse(text.encode("utf-8"), max_depth=self._max_depth)
        except Rejection as exc:
            raise Rejection(exc.code, path, f"JSON in a string: {exc.reason}") from None
        self.repeated_keys += parsed.repeated_keys
        return parsed.value


def list_key(value: Any) -> str | None:
    """Return the key of a REST list's array: `{"from": 1, "to": 2, "count": 2, "tickets": […]}`."""
    if not isinstance(value, dict) or not {"from", "to", "count"} <= value.keys():
        return None
    arrays = [key for key, inner in value.items() if isinstance(inner, list)]
    return arrays[0] if len(arrays) == 1 and not _name(value)[0] else None


def delivery(
    value: Any,
    observed_at: datetime | None = None,
    max_depth: int = jsontext.MAX_DEPTH,
    otherwise_at: datetime | None = None,
) -> Delivery:
    """Return the delivery in one parsed record.

    Args:
        value: from `jsontext.parse`.
        max_depth: of JSON that stands in a string.
        observed_at: when bare objects (Ticket Info, list rows) were read from the vendor.
        otherwise_at: the instant of bare objects that have none; without it they are refused.

    Raises:
        Rejection: `not_an_object`, `no_event_name`, `no_timestamp`, `bad_instant`, `no_payload`,
            `wrong_type`, or what `jsontext.parse` says of data that is JSON in a string.
    """
    texts = _Texts(max_depth)
    made = _delivery(value, observed_at, otherwise_at, texts)
    if not made.event_type.isprintable():
        raise Rejection(Code.WRONG_TYPE, "event", "the event's name holds control characters")
    return replace(made, repeated_keys=texts.repeated_keys)


def _delivery(
    value: Any, observed_at: datetime | None, otherwise_at: datetime | None, texts: _Texts
) -> Delivery:
    if not isinstance(value, dict):
        raise Rejection(Code.NOT_AN_OBJECT, "", f"expected an object, not {_kind(value)}")
    if "log_id" in value and ("new_record" in value or "old_record" in value):
        return _audit(value)
    name, key = _name(value)
    if isinstance(value.get("metadata"), dict) and isinstance(value["metadata"].get("event"), dict):
        return _log_row(value, name, texts)
    if name:
        return _envelope(value, name, key, texts)
    if key:
        raise Rejection(Code.WRONG_TYPE, key, f"expected the event's name, not {_kind(value[key])}")
    return _snapshot(value, observed_at, otherwise_at)


def _envelope(value: Json, name: str, key: str, texts: _Texts) -> Delivery:
    event_type = event_name(name)
    rest = {k: v for k, v in value.items() if k not in ("data", "previous_attributes")}
    if "data" not in value:
        return _flattened(value, event_type, key, texts)
    form = Form.EVENT if key == "event" else Form.EVENT_TYPE
    data = value["data"]
    if isinstance(data, str):
        form = Form.EVENT_TEXT if key == "event" else Form.EVENT_TYPE_TEXT
        data = texts.parse(data, "data")
    if not isinstance(data, dict):
        raise Rejection(Code.NO_PAYLOAD, "data", f"expected an object, not {_kind(data)}")
    state, previous = _previous(value, texts)
    checked = _checked({**value, "event": name, "data": data, "previous_attributes": previous})
    return Delivery(
        event_type=event_type,
        org_id=_org(value.get("org_id"), data),
        event_at=_required(checked.timestamp, "timestamp"),
        time_source=TimeSource.ENVELOPE,
        data=data,
        previous_state=state,
        previous=previous,
        form=form,
        rest=rest,
    )


def _flattened(value: Json, event_type: str, key: str, texts: _Texts) -> Delivery:
    data, rest = _unflatten(value, event_type, key)
    state, previous = _previous(value, texts)
    own_time = object_of(event_type) in _OWN_TIME
    checked = _checked(
        {**value, "event": event_type, "data": data, "previous_attributes": previous}
    )
    return Delivery(
        event_type=event_type,
        org_id=_org(value.get("org_id"), data),
        event_at=_required(checked.timestamp, "timestamp"),
        time_source=TimeSource.OBJECT if own_time else TimeSource.ENVELOPE,
        data=data,
        previous_state=state,
        previous=previous,
        form=Form.FLATTENED,
        rest=rest,
        steps=(),
    )


def _log_row(row: Json, name: str, texts: _Texts) -> Delivery:
    """A delivery log row; its inner event is flattened, or has `data`, and may lack a time."""
    steps: tuple[str | int, ...] = ("metadata", "event")
    inner: Json = row["metadata"]["event"]
    inner_name, key = _name(inner)
    name = inner_name or name
    if not name:
        raise Rejection(
            Code.NO_EVENT_NAME, dotted(steps), "no `event_type` and no `integration_name`"
        )
    event_type = event_name(name)
    if "data" in inner:
        data = inner["data"]
        rest = {k: v for k, v in inner.items() if k not in ("data", "previous_attributes")}
        if isinstance(data, str):
            data = texts.parse(data, dotted((*steps, "data")))
        if not isinstance(data, dict):
            raise Rejection(Code.NO_PAYLOAD, dotted((*steps, "data")), "expected an object")
        data_steps = (*steps, "data")
        own_time = False
    else:
        data, rest = _unflatten(inner, event_type, key)
        data_steps = steps
        own_time = object_of(event_type) in _OWN_TIME
    state, previous = _previous(inner, texts, steps)
    inner_time = None if own_time else inner.get("timestamp")
    time, path = (
        (inner_time, (*steps, "timestamp"))
        if inner_time
        else (row.get("created_at"), ("created_at",))
    )
    outer = {k: v for k, v in row.items() if k != "metadata"}
    metadata = {k: v for k, v in row["metadata"].items() if k != "event"}
    return Delivery(
        event_type=event_type,
        org_id=_org(inner.get("org_id") or row.get("org_id"), data),
        event_at=_instant(time, dotted(path)),
        time_source=TimeSource.ENVELOPE if inner_time else TimeSource.LOG_ROW,
        data=data,
        previous_state=state,
        previous=previous,
        form=Form.LOG_ROW,
        rest={**outer, "metadata": {**metadata, "event": rest}},
        steps=data_steps,
    )


def _audit(row: Json) -> Delivery:
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
        org_id=_org(row.get("org_id"), new or old or {}),
        event_at=_required(log.timestamp, "timestamp"),
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


def _snapshot(value: Json, observed_at: datetime | None, otherwise_at: datetime | None) -> Delivery:
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
            at = _instant(inner[key], key)
    time_source = TimeSource.OBJECT if at and not observed_at else TimeSource.OBSERVED
    at = at or otherwise_at
    if at is None:
        reason = "a snapshot must say when it was true: `--observed-at`"
        raise Rejection(Code.NO_TIMESTAMP, "", reason)
    return Delivery(
        event_type=event_type,
        org_id=_org(value.get("org_id"), value),
        event_at=at,
        time_source=time_source,
        data=value,
        previous_state=PreviousState.ABSENT,
        previous=None,
        form=Form.SNAPSHOT,
        steps=(),
    )


def _name(value: Mapping[str, Any]) -> tuple[str, str]:
    """Return the event's name and the key it was found under; the key alone if it is no text."""
    wrong = ""
    for key in NAME_KEYS:
        name = value.get(key)
        if isinstance(name, str) and name.strip() and (key != "type" or "." in name):
            return name, key
        if name is not None and not isinstance(name, str) and key == "event":
            wrong = key
    return "", wrong


def _unflatten(value: Json, event_type: str, key: str) -> tuple[Json, Json]:
    """Split a flattened envelope into the object's own keys and the envelope's."""
    taken = {key, "previous_attributes"}
    if "ticket" in value:
        taken |= {"org_id"}
    if object_of(event_type) not in _OWN_TIME:
        taken |= {"timestamp"}
    data = {k: v for k, v in value.items() if k not in taken}
    rest = {k: v for k, v in value.items() if k in taken and k != "previous_attributes"}
    if not data.keys() - {"org_id", "timestamp"}:
        raise Rejection(Code.NO_PAYLOAD, "data", "the envelope carries no object")
    return data, rest


def _previous(
    value: Json, texts: _Texts, steps: tuple[str | int, ...] = ()
) -> tuple[PreviousState, Json | None]:
    if "previous_attributes" not in value:
        return PreviousState.ABSENT, None
    previous = value["previous_attributes"]
    path = dotted((*steps, "previous_attributes"))
    if isinstance(previous, str):
        previous = texts.parse(previous, path)
    if previous is None:
        return PreviousState.NULL, None
    if not isinstance(previous, dict):
        raise Rejection(Code.WRONG_TYPE, path, f"expected an object, not {_kind(previous)}")
    return (PreviousState.OBJECT if previous else PreviousState.EMPTY), previous


def _checked(value: Json) -> Envelope:
    try:
        return Envelope.model_validate(value)
    except ValidationError as exc:
        if any(
            error["loc"] == ("timestamp",) and error["type"] == "missing" for error in exc.errors()
        ):
            raise Rejection(Code.NO_TIMESTAMP, "timestamp", "the envelope has no time") from None
        raise rejection(exc, ()) from None


def _required(instant: datetime | None, path: str) -> datetime:
    if instant is None:
        raise Rejection(Code.NO_TIMESTAMP, path, "the envelope has no time")
    return instant


def _instant(value: Any, path: str) -> datetime:
    try:
        return _required(parse_instant(value), path)
    except BadInstant as exc:
        raise Rejection(Code.BAD_INSTANT, path, str(exc)) from None


def _org(declared: Any, data: Json) -> str:
    """The envelope's org wins; else the object's, its ticket's, its chat's; else unknown."""
    candidates = [declared, data.get("org_id")]
    for key in ("ticket", "chat"):
        if isinstance(data.get(key), dict):
            candidates.append(data[key].get("org_id"))
    return next((org for org in candidates if isinstance(org, str) and org), "")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    kinds = {bool: "true or false", str: "a text", list: "an array", dict: "an object"}
    return kinds.get(type(value), "a number")
