"""What a ledger answers: queries and reports."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, overload

import pyarrow as pa

from .. import queries
from ..models.instants import Moment, on_clock
from ..models.store import open_store
from ..models.zones import clock
from ..queries import Settings
from .frames import rows_of
from .rooted import Rooted

if TYPE_CHECKING:
    import polars as pl


class Asking(Rooted):
    """What a ledger answers: queries and reports."""

    @overload
    def sql(
        self,
        query: str,
        params: Mapping[str, object] | None = None,
        *,
        to: Literal["polars"] = "polars",
        as_of: Moment | None = None,
        known_at: Moment | None = None,
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
    ) -> pl.DataFrame: ...

    @overload
    def sql(
        self,
        query: str,
        params: Mapping[str, object] | None = None,
        *,
        to: Literal["arrow"],
        as_of: Moment | None = None,
        known_at: Moment | None = None,
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
    ) -> pa.Table: ...

    def sql(
        self,
        query: str,
        params: Mapping[str, object] | None = None,
        *,
        to: Literal["polars", "arrow"] = "polars",
        as_of: Moment | None = None,
        known_at: Moment | None = None,
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
    ) -> pl.DataFrame | pa.Table:
        """Return the rows of a query over the views; without ORDER BY sorted by all columns.

        Args:
            query: DuckDB SQL; `$name` stands for a parameter.
            params: values by name.
            to: a Polars frame or an Arrow table. JSON columns are text in both.
            as_of: only events at or before this instant exist.
            known_at: only commits at or before this instant exist.
            calendar: a TOML file of opening hours; None: always open.
            sla: a TOML file of SLA policies; None: none.
            statuses: a TOML file of classes of statuses; None: the defaults.

        Raises:
            LedgerMissing: nothing was ingested here yet.
            BadSettings: a file cannot be used.
            BadQuery: the database refused the query.
        """
        answer = queries.answer_sql(
            open_store(self.root),
            query,
            params,
            as_of=on_clock(as_of),
            known_at=on_clock(known_at),
            settings=Settings.read(calendar, sla, statuses),
        )
        return rows_of(answer, to)

    @overload
    def report(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        to: Literal["polars"] = "polars",
        known_at: Moment | None = None,
        timezone: str = "UTC",
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
    ) -> pl.DataFrame: ...

    @overload
    def report(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        to: Literal["arrow"],
        known_at: Moment | None = None,
        timezone: str = "UTC",
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
    ) -> pa.Table: ...

    def report(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        to: Literal["polars", "arrow"] = "polars",
        known_at: Moment | None = None,
        timezone: str = "UTC",
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
    ) -> pl.DataFrame | pa.Table:
        """Return the rows of a report; `as_of` defaults to the last event the ledger knows.

        Args:
            name: as `ticketledger reports` lists it.
            params: values by name, as text or typed.
            to: a Polars frame or an Arrow table.
            known_at: only commits at or before this instant exist.
            timezone: IANA zone in which days begin.
            calendar: a TOML file of opening hours; None: always open. Reports that count no
                business time are the same with any.
            sla: a TOML file of SLA policies, for the reports on them; None: none.
            statuses: a TOML file of classes of statuses; None: the defaults.

        Raises:
            UnknownReport: no report of that name.
            BadParameter: a parameter is missing, unknown, or of the wrong kind.
            BadSettings: a file cannot be used.
            LedgerMissing: nothing was ingested here yet.
        """
        zone = clock(timezone)
        answer = queries.answer_report(
            open_store(self.root),
            name,
            params,
            known_at=on_clock(known_at, zone),
            timezone=timezone,
            settings=Settings.read(calendar, sla, statuses),
        )
        return rows_of(answer, to)

    def tickets(self, *, to: Literal["polars", "arrow"] = "polars") -> pl.DataFrame | pa.Table:
        """Return every ticket that is not deleted in its current state, by org and id."""
        return rows_of(
            queries.answer_sql(
                open_store(self.root), "FROM tickets ORDER BY org_id, ticket_id", None
            ),
            to,
        )
