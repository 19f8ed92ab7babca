"""Undo the forms an envelope comes in (contract section 2): each ends as the same `Delivery`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from ticketledger.models import jsontext
from ticketledger.models.catalogue import ObjectType, event_name, object_of
from ticketledger.models.envelope import Delivery, Form, TimeSource
from ticketledger.models.rejection import Code, Rejection, dotted

from .bare import audit_row, snapshot
from .envelope_parts import (
    Json,
    Texts,
    envelope_of,
    instant_of,
    kind_of,
    name_of,
    org_of,
    previous_of,
    required,
)

_OWN_TIME: Final = {
    ObjectType.MESSAGE,
    ObjectType.NOTE,
    ObjectType.REACTION,
    ObjectType.NOTIFICATION,
}
"""Objects with a `timestamp` of their own, which hides the envelope's in the flattened form."""


def list_key(value: Any) -> str | None:
    """Return the key of a REST list's array: `{"from": 1, "to": 2, "count": 2, "tickets": […]}`."""
    if not isinstance(value, dict) or not {"from", "to", "count"} <= value.keys():
        return None
    arrays = [key for key, inner in value.items() if isinstance(inner, list)]
    return arrays[0] if len(arrays) == 1 and not name_of(value)[0] else None


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
    texts = Texts(max_depth)
    made = _delivery(value, observed_at, otherwise_at, texts)
    if not made.event_type.isprintable():
        raise Rejection(Code.WRONG_TYPE, "event", "the event's name holds control characters")
    return replace(made, repeated_keys=texts.repeated_keys)


def _delivery(
    value: Any, observed_at: datetime | None, otherwise_at: datetime | None, texts: Texts
) -> Delivery:
    if not isinstance(value, dict):
        raise Rejection(Code.NOT_AN_OBJECT, "", f"expected an object, not {kind_of(value)}")
    if "log_id" in value and ("new_record" in value or "old_record" in value):
        return audit_row(value)
    name, key = name_of(value)
    if isinstance(value.get("metadata"), dict) and isinstance(value["metadata"].get("event"), dict):
        return _log_row(value, name, texts)
    if name:
        return _envelope(value, name, key, texts)
    if key:
        raise Rejection(
            Code.WRONG_TYPE, key, f"expected the event's name, not {kind_of(value[key])}"
        )
    return snapshot(value, observed_at, otherwise_at)


def _envelope(value: Json, name: str, key: str, texts: Texts) -> Delivery:
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
        raise Rejection(Code.NO_PAYLOAD, "data", f"expected an object, not {kind_of(data)}")
    state, previous = previous_of(value, texts)
    checked = envelope_of({**value, "event": name, "data": data, "previous_attributes": previous})
    return Delivery(
        event_type=event_type,
        org_id=org_of(value.get("org_id"), data),
        event_at=required(checked.timestamp, "timestamp"),
        time_source=TimeSource.ENVELOPE,
        data=data,
        previous_state=state,
        previous=previous,
        form=form,
        rest=rest,
    )


def _flattened(value: Json, event_type: str, key: str, texts: Texts) -> Delivery:
    data, rest = _unflatten(value, event_type, key)
    state, previous = previous_of(value, texts)
    own_time = object_of(event_type) in _OWN_TIME
    checked = envelope_of(
        {**value, "event": event_type, "data": data, "previous_attributes": previous}
    )
    return Delivery(
        event_type=event_type,
        org_id=org_of(value.get("org_id"), data),
        event_at=required(checked.timestamp, "timestamp"),
        time_source=TimeSource.OBJECT if own_time else TimeSource.ENVELOPE,
        data=data,
        previous_state=state,
        previous=previous,
        form=Form.FLATTENED,
        rest=rest,
        steps=(),
    )


def _log_row(row: Json, name: str, texts: Texts) -> Delivery:
    """A delivery log row; its inner event is flattened, or has `data`, and may lack a time."""
    steps: tuple[str | int, ...] = ("metadata", "event")
    inner: Json = row["metadata"]["event"]
    inner_name, key = name_of(inner)
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
    state, previous = previous_of(inner, texts, steps)
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
        org_id=org_of(inner.get("org_id") or row.get("org_id"), data),
        event_at=instant_of(time, dotted(path)),
        time_source=TimeSource.ENVELOPE if inner_time else TimeSource.LOG_ROW,
        data=data,
        previous_state=state,
        previous=previous,
        form=Form.LOG_ROW,
        rest={**outer, "metadata": {**metadata, "event": rest}},
        steps=data_steps,
    )


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
