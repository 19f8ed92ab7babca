"""Where the numbers of a ledger come from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .. import queries
from ..models.instants import Moment, on_clock
from ..models.store import open_store
from ..models.zones import clock
from ..queries import Settings
from .frames import as_frame, table_of
from .rooted import Rooted

if TYPE_CHECKING:
    import polars as pl


class Explaining(Rooted):
    """Where the numbers of a ledger come from."""

    def drill(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        cell: Mapping[str, object] | None = None,
        known_at: Moment | None = None,
        timezone: str = "UTC",
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
    ) -> pl.DataFrame:
        """Return the tickets behind the rows of a report, and what each adds to them.

        Args:
            name: of a report on tickets.
            params: as in `report`.
            cell: values of the report's key columns, as text or typed; empty text is also NULL.
                None: all rows.
            known_at: only commits at or before this instant exist.
            timezone: IANA zone in which days begin.
            calendar: as in `report`.
            sla: as in `report`.
            statuses: as in `report`.

        Raises:
            UnknownReport, BadParameter, BadSettings, LedgerMissing: as `report`.
        """
        zone = clock(timezone)
        answer = queries.answer_drill(
            open_store(self.root),
            name,
            params,
            cell=cell,
            known_at=on_clock(known_at, zone),
            timezone=timezone,
            settings=Settings.read(calendar, sla, statuses),
        )
        return as_frame(table_of(answer))

    def explain(
        self,
        ticket_id: str,
        metric: str,
        *,
        org_id: str | None = None,
        as_of: Moment | None = None,
        known_at: Moment | None = None,
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
    ) -> pl.DataFrame:
        """Return how a metric of a ticket came about: spans, open hours, events, and their sum.

        Args:
            ticket_id: the ticket.
            metric: a duration (without `_calendar_s`) or count of `ticket_metrics`, or a metric of
                `metric_events`; or the name of a policy of `sla`: what became of its promises.
            org_id: the organisation; None: all that have a ticket of this id.
            as_of: only events at or before this instant exist; None: all.
            known_at: only commits at or before this instant exist.
            calendar: a TOML file of opening hours; None: always open.
            sla: a TOML file of SLA policies; None: none.
            statuses: a TOML file of classes of statuses; None: the defaults.

        Raises:
            BadParameter: no such ticket, metric or policy; names the nearest.
            BadSettings: a file cannot be used.
            LedgerMissing: nothing was ingested here yet.
        """
        answer = queries.answer_explanation(
            open_store(self.root),
            ticket_id,
            metric,
            org_id=org_id,
            as_of=on_clock(as_of),
            known_at=on_clock(known_at),
            settings=Settings.read(calendar, sla, statuses),
        )
        return as_frame(table_of(answer))

    def restatements(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        then: Moment,
        now: Moment | None = None,
        timezone: str = "UTC",
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
    ) -> pl.DataFrame:
        """Return where a report differs from what it said, and which events made the difference.

        One row per cell and column, by cell and column. Tickets and events are those that the cell
        counts: of what a report leaves out (`tickets_excluded`) and of shares of a whole none are
        named.

        Args:
            name: as `ticketledger reports` lists it.
            params: as in `report`; `as_of` defaults to the last event that was known `then`.
            then: only commits at or before this instant existed.
            now: the same for the other answer; None: all commits.
            timezone: IANA zone in which days begin.
            calendar: as in `report`.
            sla: as in `report`.
            statuses: as in `report`.

        Raises:
            UnknownReport, BadParameter, BadSettings, LedgerMissing: as `report`.
        """
        zone = clock(timezone)
        made = queries.restate(
            open_store(self.root),
            name,
            params,
            then=on_clock(then, zone),
            now=on_clock(now, zone),
            timezone=timezone,
            settings=Settings.read(calendar, sla, statuses),
        )
        return as_frame(made.rows)
