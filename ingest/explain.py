"""The explain lane: one record at a time through the models, which alone decide.

It is the definition of what is accepted. A faster lane may only ever skip it for records of which
it can prove that the outcome, and every value, would be the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ticketledger.models import jsontext
from ticketledger.models.event import event_row
from ticketledger.models.rejection import Code, Rejection

from .forms import delivery, list_key
from .records import MAX_BYTES, Record, inner_array


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row of the ledger, without the columns a commit adds."""

    line: int
    row: dict[str, Any]
    repeated_keys: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """A refused record with its exact bytes."""

    line: int
    code: Code
    path: str
    reason: str
    raw: bytes

    @property
    def reject_id(self) -> str:
        """The same bytes refused for the same reason are one reject, wherever they come from."""
        return hashlib.md5(
            b"\0".join((self.code.encode(), self.path.encode(), self.raw)), usedforsecurity=False
        ).hexdigest()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one record may cost; beyond it the record is refused."""

    max_bytes: int = MAX_BYTES
    max_depth: int = jsontext.MAX_DEPTH


def explain(
    record: Record, limits: Limits, observed_at: datetime | None
) -> Iterator[Accepted | Rejected]:
    """Yield the outcome of one record that is not blank; of a REST list, one per element."""
    if record.fault is not None:
        yield Rejected(record.line, record.fault, "", record.reason, record.raw)
        return
    try:
        parsed = jsontext.parse(record.raw, max_depth=limits.max_depth, first_line=record.line)
        key = list_key(parsed.value)
        if key is None:
            row = event_row(delivery(parsed.value, observed_at))
            yield Accepted(record.line, row, parsed.repeated_keys)
            return
    except Rejection as exc:
        yield Rejected(record.line, exc.code, exc.path, exc.reason, record.raw)
        return
    for element in inner_array(record.raw, key, record.line):
        yield from explain(element, limits, observed_at)
