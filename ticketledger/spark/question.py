"""What every task is told, and the connection on which it asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from ticketledger.models.errors import BadParameter
from ticketledger.models.quiet import quiet
from ticketledger.models.schema import EVENTS
from ticketledger.queries.defining import define
from ticketledger.queries.generations import SERVED
from ticketledger.queries.run import in_utc
from ticketledger.queries.session import bind_clocks, limit_memory, show_in
from ticketledger.queries.settings import Settings
from ticketledger.queries.statement import definitions, statements
from ticketledger.queries.tables import STAGED


@dataclass(frozen=True, slots=True)
class Question:
    """Both clocks, the settings, the zone of local dates, and what DuckDB may use of memory."""

    as_of: datetime | None = None
    known_at: datetime | None = None
    settings: Settings = field(default_factory=Settings)
    timezone: str = "UTC"
    memory: str = "1GB"

    @contextmanager
    def asked_of(
        self, rows: pa.RecordBatchReader, *, once: bool = True
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection on one core whose `ledger_events` are these rows.

        Args:
            rows: stored events.
            once: they are read one time, as they come; otherwise they are kept in a table.

        Raises:
            BadParameter: the memory is too little, or no amount of memory.
        """
        with (
            TemporaryDirectory(prefix="ticketledger-") as folder,
            quiet(duckdb.connect()) as con,
            _enough(self.memory),
        ):
            con.execute("SET TimeZone = 'UTC'")
            con.execute("SET threads = 1")  # Spark has a task for every core
            limit_memory(con, self.memory, Path(folder))
            self.settings.tell(con)
            bind_clocks(con, self.as_of, self.known_at)
            con.register("arrived" if once else "arriving", rows)
            if not once:
                con.execute(sql_of("taken"))
            con.execute(sql_of("arrived_events"))
            yield con

    def define(self, con: duckdb.DuckDBPyConnection, query: str, given: Sequence[str] = ()) -> None:
        """Define what a query stands on; what many stand on is worked out once.

        Args:
            con: a connection.
            query: SQL that names views.
            given: names that are there already.
        """
        there = frozenset(("ledger_events", *given))
        for statement in definitions(query, there):
            if statement.name not in there:
                define(con, statement, self.settings, kept=(*SERVED, *STAGED))
        show_in(con, self.timezone)

    def schemas(self, asked: Mapping[str, str]) -> dict[str, pa.Schema]:
        """Return the columns of queries by name; instants are in UTC."""
        with self.asked_of(EVENTS.empty_table().to_reader(), once=False) as con:
            self.define(con, " ".join(asked.values()))
            return {
                name: pa.schema(map(in_utc, con.sql(sql).to_arrow_table().schema))
                for name, sql in asked.items()
            }


@contextmanager
def _enough(memory: str) -> Iterator[None]:
    """Tell in our words that a database has not enough memory."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise BadParameter(
            f"{memory} of memory are too little for a task",
            hint="`memory` allows more, smaller `parts` need less",
        ) from None


def sql_of(name: str) -> str:
    """Return a statement of `queries/spark/`."""
    return statements("spark")[name].sql
