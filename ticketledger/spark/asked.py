"""What is asked of every part: queries by name, and where their rows go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import duckdb
import pyarrow as pa

from ticketledger.queries.settings import bind
from ticketledger.queries.statement import statements

from .packets import by_part, packed, unpacked
from .question import sql_of

Batches = Iterable[pa.RecordBatch]
Learned = Mapping[str, pa.Table]

OF_ORGS: Final = {"ticket_daily": "ticket_moves", "messages_daily": "agent_messages"}
"""Marts whose rows tell of several parts, and the view that each of them counts."""


def of_views(names: Iterable[str]) -> dict[str, str]:
    """Return the query of each view."""
    return {name: f"FROM {name}" for name in names}


def of_marts() -> dict[str, str]:
    """Return the query of each mart of a feed."""
    return {name: mart.sql for name, mart in statements("marts").items()}


def of_counted() -> dict[str, str]:
    """Return the query of each view that marts of `OF_ORGS` count: its rows, and their part."""
    return {view: sql_of(f"{view}_by_org") for view in OF_ORGS.values()}


@dataclass(frozen=True, slots=True)
class Asked:
    """Queries of one call.

    Attributes:
        parts: into how many parts tickets, chats and messages are divided.
        answers: queries whose rows stay where they are made.
        counted: queries whose rows go to a part of their organisation, and say which.
    """

    parts: int
    answers: Mapping[str, str]
    counted: Mapping[str, str] = field(default_factory=dict)

    @property
    def sql(self) -> str:
        """All queries, as text in which names are looked for."""
        return " ".join((*self.answers.values(), *self.counted.values()))

    def told(self, con: duckdb.DuckDBPyConnection) -> Iterator[pa.RecordBatch]:
        """Yield the answers of a connection on which what they stand on is defined."""
        con.execute("SET VARIABLE parts = $parts", {"parts": self.parts})
        for name, sql in self.answers.items():
            yield from packed(name, con.sql(sql).to_arrow_table())
        for name, sql in self.counted.items():
            yield from by_part(name, con.sql(sql).to_arrow_table())


def tables(
    con: duckdb.DuckDBPyConnection,
    schemas: Mapping[str, pa.Schema],
    told: Iterable[tuple[str, pa.RecordBatch]],
) -> None:
    """Make a table of each name, and put there what is told of it; it may spill to disk."""
    for name, schema in schemas.items():
        bind(con, name, schema.empty_table())
    for name, rows in told:
        con.register("come", rows.cast(schemas[name]))
        con.execute(f"INSERT INTO {name} FROM come")
        con.unregister("come")


def named(batches: Batches) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Yield the rows of packets as they come, and the name of each."""
    for batch in batches:
        for name, packet in zip(batch["name"].to_pylist(), batch["packet"], strict=True):
            for rows in unpacked([packet]):
                yield name, rows
