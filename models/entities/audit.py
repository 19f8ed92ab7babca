"""The vendor's audit log of tickets, the second source of history (contract finding 10)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Strict

from ..columns import Id, Instant, Text
from .base import Entity


def _whole_number_as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class TicketAuditLog(Entity):
    """One change of one ticket: the table row before and after, and who did it."""

    log_id: Annotated[str, Strict(), BeforeValidator(_whole_number_as_text)]
    org_id: Id = None
    ticket_id: Annotated[str, Strict()]
    action: Text = None
    type: Text = None
    performed_by: Text = None
    old_record: dict[str, Any] | None = None
    new_record: dict[str, Any] | None = None
    timestamp: Instant
