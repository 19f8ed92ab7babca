"""The explain lane: one record at a time through the models, which alone decide.

It is the definition of what is accepted. A faster lane may only ever skip it for records of which
it can prove that the outcome, and every value, would be the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ticketledger.models import jsontext
from ticketledger.models.event import event_row
from ticketledger.models.rejection import Code, Rejection

from .forms import delivery, list_key
from .records import BOM, MAX_BYTES, inner_array, pieces
from .window import Record

EXAMPLES: Final = 5
"""How many rejects are kept to show."""


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

    def reject_id(self, source: str) -> str:
        """The same bytes refused for the same reason are one reject, wherever they come from.

        Where there are no bytes (a stream that ends in damage), the place tells them apart.
        """
        place = () if self.raw else (source.encode(), str(self.line).encode())
        told = (self.code.encode(), self.path.encode(), self.raw, *place)
        return hashlib.md5(b"\0".join(told), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one record may cost; beyond it the record is refused."""

    max_bytes: int = MAX_BYTES
    max_depth: int = jsontext.MAX_DEPTH


def explain(
    record: Record,
    limits: Limits,
    observed_at: datetime | None,
    otherwise_at: datetime | None = None,
) -> Iterator[Accepted | Rejected]:
    """Yield the outcome of one record that is not blank.

    Several of a REST list, one per element, and of a document that is not JSON but has lines that
    could be records of their own. Bare objects without an instant have `otherwise_at`, if given.
    """
    if record.fault is not None:
        yield Rejected(record.line, record.fault, "", record.reason, record.raw)
        return
    try:
        parsed = jsontext.parse(
            record.raw.removeprefix(BOM),
            max_depth=limits.max_depth,
            first_line=record.line,
            column=record.column,
        )
        key = list_key(parsed.value)
        if key is None:
            made = delivery(parsed.value, observed_at, limits.max_depth, otherwise_at)
            repeated_keys = parsed.repeated_keys + made.repeated_keys
            yield Accepted(record.line, event_row(made), repeated_keys)
            return
    except Rejection as exc:
        parts = pieces(record) if exc.code in _BROKEN and b"\n" in record.raw else []
        if len(parts) < 2:
            yield Rejected(record.line, exc.code, exc.path, exc.reason, record.raw)
            return
        for part in parts:
            yield from explain(part, limits, observed_at, otherwise_at)
        return
    for element in inner_array(record, key):
        yield from explain(element, limits, observed_at, otherwise_at)


_BROKEN = (Code.INVALID_JSON, Code.INVALID_UTF8)
