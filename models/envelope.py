"""The webhook envelope: as documented, and as the ledger takes it after all forms are undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, Strict

from .columns import Id, Instant

NAME_KEYS = ("event", "event_type", "integration_name", "type")
"""Keys that may hold the event's name, in the order they are tried (contract finding 1)."""


class PreviousState(StrEnum):
    """What the envelope said about previous values: four different things (contract finding 2)."""

    ABSENT = "absent"
    NULL = "null"
    EMPTY = "empty"
    OBJECT = "object"


class Form(StrEnum):
    """The shape a record came in (contract section 2); `_text` when data was JSON in a string."""

    EVENT = "event"
    EVENT_TEXT = "event_text"
    EVENT_TYPE = "event_type"
    EVENT_TYPE_TEXT = "event_type_text"
    FLATTENED = "flattened"
    LOG_ROW = "log_row"
    AUDIT_LOG = "audit_log"
    SNAPSHOT = "snapshot"


class TimeSource(StrEnum):
    """Where `event_at` was read."""

    ENVELOPE = "envelope"
    LOG_ROW = "log_row"
    OBJECT = "object"
    OBSERVED = "observed"


class Envelope(BaseModel):
    """A webhook delivery as the vendor documents it; unknown keys are kept."""

    model_config = ConfigDict(extra="allow", frozen=True)

    event: Annotated[str, Strict()] = Field(validation_alias=AliasChoices(*NAME_KEYS))
    data: dict[str, Any]
    org_id: Id = None
    previous_attributes: dict[str, Any] | None = None
    timestamp: Instant


@dataclass(frozen=True, slots=True)
class Delivery:
    """One envelope with its form undone: what every form of the same event has in common.

    Attributes:
        event_type: normalised name.
        org_id: empty when nothing in the record says.
        event_at: UTC, microseconds.
        data: the object after the change.
        previous: old values of what changed; None when absent or null (see `previous_state`).
        rest: what else the record said, name and time as spelled included.
        steps: where `data` stands in the record, for messages about its fields.
        log_id: the vendor's own identity of an audit-log row.
        ticket_id: given by the record itself, for audit rows without a new record.
        repeated_keys: of JSON that stood in a string.
    """

    event_type: str
    org_id: str
    event_at: datetime
    time_source: TimeSource
    data: dict[str, Any]
    previous_state: PreviousState
    previous: dict[str, Any] | None
    form: Form
    rest: dict[str, Any] = field(default_factory=dict)
    steps: tuple[str | int, ...] = ("data",)
    log_id: str | None = None
    ticket_id: str | None = None
    repeated_keys: int = 0
