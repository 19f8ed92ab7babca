"""Tickets as observed elsewhere against the ledger: one row per ticket and differing field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyarrow as pa

from ticketledger.models.errors import BadParameter
from ticketledger.models.store import Store

from .failures import reading
from .run import Answer
from .session import session
from .statement import statements

TOLERANCE_S: Final = 5.0
"""How far the clocks of a snapshot, an audit row and an event may be apart, by default."""

_LONGEST_S: Final = 366 * 86_400


@dataclass(frozen=True, slots=True)
class Compared:
    """The rows of `comparisons/observed_tickets.sql`, and the DuckDB types of their columns."""

    types: dict[str, str]
    rows: pa.Table

    def answer(self) -> Answer:
        """Return the rows in the form in which answers are written."""
        return Answer(self.types, {}, self.rows.to_reader())


def compare_observed(
    store: Store,
    observed: pa.Table,
    *,
    complete: bool = False,
    tolerance_s: float = TOLERANCE_S,
    known_at: datetime | None = None,
) -> Compared:
    """Return where observed tickets and the ledger do not agree, by ticket, finding and field.

    Args:
        store: an open store.
        observed: rows of `schema.OBSERVED`.
        complete: the snapshot holds every live ticket of the organisations in it.
        tolerance_s: how far two clocks may be apart.
        known_at: only commits at or before this instant exist.

    Raises:
        BadParameter: the tolerance is below zero or above a year.
    """
    if not 0 <= tolerance_s <= _LONGEST_S:
        raise BadParameter(f"`{tolerance_s}` is no tolerance", hint="0 to a year, in seconds")
    statement = statements("comparisons")["observed_tickets"]
    params = {"complete": complete, "tolerance_s": tolerance_s}
    with session(store, statement.sql, known_at=known_at) as con, reading(store):
        con.register("observed", observed)
        relation = con.sql(statement.sql, params=params)
        types = dict(zip(relation.columns, map(str, relation.types), strict=True))
        return Compared(types, relation.to_arrow_table())
