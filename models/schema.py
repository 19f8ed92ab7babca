"""The stored tables, derived from the entities: Arrow (and so Parquet) schema and JSON Schema."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from . import entities
from .entities import REPEATED, Chat, Entity, Message, Ticket, struct_type
from .envelope import Envelope

INSTANT: Final = pa.timestamp("us", "UTC")

IMAGES: Final[dict[str, type[Entity]]] = {
    "ticket": Ticket,
    "ticket_before": Ticket,
    "chat": Chat,
    "chat_before": Chat,
    "message": Message,
}
"""Stored image columns; each has a companion `<name>_keys` that lists what was present."""


def _required(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


EVENTS: Final = pa.schema(
    [
        _required("event_id", pa.string()),
        _required("event_type", pa.string()),
        _required("object_type", pa.string()),
        _required("org_id", pa.string()),
        pa.field("ticket_id", pa.string()),
        pa.field("chat_id", pa.string()),
        pa.field("message_id", pa.string()),
        _required("event_at", INSTANT),
        _required("time_source", pa.string()),
        _required("previous_state", pa.string()),
        *(
            field
            for name, entity in IMAGES.items()
            for field in (
                pa.field(f"{name}_keys", pa.string()),
                pa.field(name, struct_type(entity)),
            )
        ),
        pa.field("members", pa.string()),
        _required("data", pa.string()),
        *(pa.field(f"data_{part}", pa.string()) for part in REPEATED),
        pa.field("previous_attributes", pa.string()),
        _required("envelope", pa.string()),
        _required("form", pa.string()),
        _required("batch", pa.int32()),
        _required("source", pa.string()),
        _required("source_line", pa.int64()),
        _required("loaded_at", INSTANT),
    ]
)
"""One row per event. `*_keys` is `,a,b,c,`; `data*`, `previous_attributes`, `envelope` are JSON."""

REJECTS: Final = pa.schema(
    [
        _required("reject_id", pa.string()),
        _required("source", pa.string()),
        _required("line", pa.int64()),
        _required("code", pa.string()),
        _required("path", pa.string()),
        _required("reason", pa.string()),
        _required("raw", pa.binary()),
        _required("batch", pa.int32()),
        _required("loaded_at", INSTANT),
    ]
)
"""One row per refused record, with its exact bytes."""

OBSERVED: Final = pa.schema(
    [
        *(_required(name, pa.string()) for name in ("form", "event_type", "org_id", "ticket_id")),
        pa.field("observed_at", INSTANT),
        _required("time_source", pa.string()),
        *(EVENTS.field(name) for name in ("ticket_keys", "ticket")),
        *(EVENTS.field(name) for name in ("ticket_before_keys", "ticket_before")),
    ]
)
"""One row per ticket, or audit row, that is compared with a ledger and not loaded; the columns
are those of `EVENTS`, with `observed_at` for `event_at`: null when nothing says it."""


def json_schema() -> dict[str, Any]:
    """Return JSON Schema of the envelope and of every modelled object, by class name."""
    classes = [
        cls
        for name in entities.__all__
        if isinstance(cls := getattr(entities, name), type) and issubclass(cls, Entity)
    ]
    models: list[type[BaseModel]] = [Envelope, *(cls for cls in classes if cls is not Entity)]
    _, schema = models_json_schema([(model, "validation") for model in models], by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
