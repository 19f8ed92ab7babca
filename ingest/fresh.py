"""Which staged events are new: asked of one private database, which a run keeps for its commits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from ticketledger.models.errors import LedgerDamaged
from ticketledger.models.quiet import quiet
from ticketledger.models.reach import reach, unreachable

from .statements import Statements

_KEYS: Final = [
    "part",
    "source_line",
    "repeated_keys",
    "event_id",
    "event_at",
    "object_type",
    "org_id",
    "ticket_id",
    "chat_id",
    "message_id",
]


class Comparing:
    """The database in which a run compares its events with the stored ones.

    It is there once it is needed: to make one takes longer than most commits. It keeps nothing of
    the files it has read.
    """

    def __init__(self) -> None:
        self._opened: Statements | None = None

    def close(self) -> None:
        """Give back the memory."""
        if self._opened is not None:
            self._opened.con.close()

    def fresh(
        self, rows: pa.Table, files: Sequence[Path]
    ) -> tuple[pa.Int64Array, list[dict[str, Any]]]:
        """Return the places of the new rows in the order of a commit's file, and what they count.

        The first of equal events is new, in the order read.

        Args:
            rows: as in a `Batch`.
            files: those of the store that may hold some of them.

        Returns:
            Places, and for each part with events: `part`, `staged`, `accepted`, `repeated_keys`.

        Raises:
            LedgerDamaged: a file cannot be read.
            LedgerUnreachable: the bucket it is in does not answer.
        """
        statements = self._statements()
        con = statements.con
        keys = rows.select(_KEYS).append_column("place", pa.array(range(len(rows)), pa.int64()))
        con.execute("SET VARIABLE files = $files", {"files": reach(con, files)})
        con.register("staged", keys)
        try:
            fresh = statements.rows("choose_fresh")
            con.register("fresh", fresh)
            counts = statements.rows("count_fresh").to_pylist()
            con.unregister("fresh")
        except duckdb.Error as exc:
            raise unreachable(exc) or LedgerDamaged(
                f"cannot read the ledger: {exc}", hint="`ticketledger verify` names the file"
            ) from None
        finally:
            con.unregister("staged")
        return fresh.column("place").combine_chunks(), counts

    def _statements(self) -> Statements:
        if self._opened is None:
            con = quiet(duckdb.connect())
            con.execute("SET TimeZone = 'UTC'")
            con.execute("SET enable_external_file_cache = false")
            self._opened = Statements(con)
        return self._opened
