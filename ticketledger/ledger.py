"""The Python API: a ledger that takes exports in and gives frames out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

import pyarrow as pa

from . import __version__, queries
from .ingest import (
    Compacted,
    Finding,
    Observation,
    Outcome,
    Progress,
    Replayed,
    Request,
    find,
    observe,
    verify_quickly,
)
from .ingest import compact as run_compact
from .ingest import ingest as run_ingest
from .ingest import replay as run_replay
from .ingest import verify as run_verify
from .ingest.explain import Limits
from .models.instants import on_clock
from .models.place import is_in_place, located, make_mirror
from .models.store import open_store
from .models.zones import clock
from .queries import Answer, Compared, FeedRequest, Published, Settings

if TYPE_CHECKING:
    import polars as pl

DEFAULT = "data/ledger"
_ANEW = "`ticketledger refresh --rebuild` makes it anew"


def open(path: str | os.PathLike[str] | None = None, *, in_place: bool | None = None) -> Ledger:
    """Return the ledger in a folder or bucket; it is made by the first ingest.

    Args:
        path: a folder, or a URL such as `s3://bucket/prefix`, whose ledger is mirrored in the
            user's cache; default: the environment's TICKETLEDGER_HOME, else `data/ledger`.
        in_place: leave commits in the bucket, and read of them only what is asked for; None: if the
            environment has TICKETLEDGER_IN_PLACE.

    Raises:
        MissingExtra: a URL needs the extra `s3`.
    """
    place = os.fspath(path or os.environ.get("TICKETLEDGER_HOME") or DEFAULT)
    if "://" not in place:
        return Ledger(located(place))
    in_place = is_in_place() if in_place is None else in_place
    return Ledger(located(place, in_place=in_place), url=place, in_place=in_place)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Where observed tickets and the ledger do not agree, and what was read to find it."""

    compared: Compared
    observation: Observation

    @property
    def rows(self) -> pa.Table:
        """One row per ticket and differing field; none when all agree. JSON columns are text."""
        return self.compared.rows

    def frame(self) -> pl.DataFrame:
        """Return the rows as a Polars frame."""
        return _frame(self.rows)


class Ledger:
    """One ledger on disk. Holds no connection: every answer sees the commits of its moment.

    Instants carry an offset; one without is on the clock of the `timezone` of its method, of UTC
    where that has none.
    """

    def __init__(self, root: Path, *, url: str | None = None, in_place: bool = False) -> None:
        self._root, self._url, self._in_place = root, url, in_place

    @property
    def root(self) -> Path:
        """The folder of the ledger; of one in a bucket its mirror, made anew if it was removed."""
        if self._url:
            make_mirror(self._root, self._url, in_place=self._in_place)
        return self._root

    def ingest(
        self,
        paths: Iterable[str | os.PathLike[str]] | str | os.PathLike[str],
        *,
        observed_at: datetime | None = None,
        progress: Callable[[Progress], None] | None = None,
        refresh: bool = True,
    ) -> Outcome:
        """Load files, folders or patterns; what the ledger has already is counted, not added.

        Args:
            paths: one or many; `-` is standard input.
            observed_at: when bare objects (Ticket Info, REST lists) were read from the vendor.
            progress: told after each step how far the run is.
            refresh: as in `run`.

        Raises:
            UnreadableInput: a path is missing or cannot be read; nothing is loaded then.
            LedgerUnwritable, LedgerTooNew, LedgerDamaged: from the ledger.
        """
        if isinstance(paths, str | os.PathLike):
            paths = [paths]
        request = Request(
            find(os.fspath(path) for path in paths), __version__, on_clock(observed_at)
        )
        if progress:
            request = replace(request, progress=progress)
        return self.run(request, refresh=refresh)

    def run(self, request: Request, *, refresh: bool = True) -> Outcome:
        """Carry out an ingest request; the cache and `catalog.duckdb` follow at its end.

        Args:
            request: what to load, and how.
            refresh: fold what the new commits touched and make the catalog anew; otherwise views
                fold the whole log, and the catalog shows what it did, until `refresh` is called.
        """
        outcome = run_ingest(self.root, request)
        if refresh:
            self.refresh()
        return outcome

    def replay(
        self,
        *,
        limits: Limits | None = None,
        observed_at: datetime | None = None,
        refresh: bool = True,
    ) -> Replayed:
        """Try every refused line again, with this version and these limits.

        Args:
            limits: what one record may cost; None: the defaults.
            observed_at: when bare objects (Ticket Info, REST lists) were read from the vendor.
            refresh: as in `run`.

        Raises:
            LedgerMissing: nothing was ingested here yet.
            LedgerUnwritable, LedgerTooNew, LedgerDamaged: from the ledger.
        """
        made = run_replay(
            self.root, version=__version__, limits=limits, observed_at=on_clock(observed_at)
        )
        if refresh and made.commits:
            self.refresh()
        return made

    def compact(
        self,
        *,
        everything: bool = False,
        max_bytes: int | None = None,
        memory: str = "512MB",
        grace_s: float | None = None,
        progress: Callable[[int, int], None] = lambda done, whole: None,
    ) -> Compacted:
        """Merge neighbouring commits into larger files; no answer changes.

        Args:
            everything: merge whatever may be merged, not only what is worth it; in a bucket that
                is done anyway.
            max_bytes: no run of files that is merged is longer than this; None: 512 MiB, in a
                bucket 32 MiB.
            memory: what the database may use before it spills to the ledger's `tmp/`.
            grace_s: files go when the one that stands for them is this old, in seconds: a reader
                may have them open; None: 900, in a bucket 86,400.
            progress: told how many events of how many were written.

        Raises:
            BadParameter: the memory is too little, or no amount of memory.
            LedgerBusy: another compaction runs.
            LedgerMissing: nothing was ingested here yet.
            LedgerUnwritable, LedgerTooNew, LedgerDamaged, LedgerUnreachable: from the ledger.
        """
        return run_compact(
            self.root,
            everything=everything,
            max_bytes=max_bytes,
            memory=memory,
            grace_s=grace_s,
            renew=queries.renew_catalog,  # it names files
            progress=progress,
        )

    def refresh(
        self,
        *,
        memory: str = "3GB",
        rebuild: bool = False,
        progress: Callable[[int, int], None] = lambda done, whole: None,
    ) -> None:
        """Bring cache and catalog up to the last commit.

        Args:
            memory: what the database may use before it spills to the ledger's `tmp/`.
            rebuild: fold the whole log, whatever the cache has.
            progress: told after each step how many of how many are done; there may be more of
                them than there seemed.
        """
        store = open_store(self.root)
        queries.refresh(store, memory=memory, rebuild=rebuild, progress=progress)
        queries.renew_catalog(store)  # also what an interrupted run left undone

    def verify(
        self, *, quick: bool = False, rebuild: bool = False, memory: str = "3GB"
    ) -> list[Finding]:
        """Return the files that are not what their commits recorded; commits first, in order.

        Args:
            quick: read no more than the footers of `events/`.
            rebuild: if nothing else is found, compare the cache with a fold of the whole log.
            memory: for the fold, before it spills to the ledger's `tmp/`.

        Raises:
            LedgerMissing: nothing was ingested here yet.
            LedgerUnwritable, LedgerTooNew, LedgerDamaged: from the ledger.
        """
        store = open_store(self.root)
        findings = list(run_verify(store, is_quick=quick))
        for path in [] if quick else queries.damaged_files(store):
            findings.append(Finding(str(path), "is not byte for byte what was written", _ANEW))
        if rebuild and not findings:
            for view in queries.compare_with_rebuild(store, memory=memory) or []:
                name = f"derived/*/{view}.parquet"
                findings.append(Finding(name, "differs from a fold of the log", _ANEW))
        return findings

    def publish(
        self,
        folder: str | os.PathLike[str],
        *,
        as_of: datetime | None = None,
        known_at: datetime | None = None,
        timezone: str = "UTC",
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
        memory: str = "3GB",
        progress: Callable[[int, int], None] = lambda done, whole: None,
    ) -> list[Published]:
        """Write the marts of a feed as Parquet files, one each; only those that changed.

        Args:
            folder: of the feed; made if it is missing.
            as_of: only events at or before this instant exist; None: all.
            known_at: only commits at or before this instant exist.
            timezone: IANA zone of local dates and hours.
            calendar: a TOML file of opening hours; None: always open.
            sla: a TOML file of SLA policies; None: none.
            statuses: a TOML file of classes of statuses; None: the defaults.
            memory: what the database may use before it spills to the feed's folder.
            progress: told how many marts of how many are written.

        Raises:
            LedgerMissing: nothing was ingested here yet.
            BadSettings: a file cannot be used.
            BadParameter: the folder holds something else; no such time zone.
            LedgerBusy: another publish into the folder runs.
            LedgerUnwritable, LedgerTooNew, LedgerDamaged: from folder or ledger.
        """
        zone = clock(timezone)
        settings = Settings.read(calendar, sla, statuses)
        request = FeedRequest(
            on_clock(as_of, zone),
            on_clock(known_at, zone),
            timezone,
            settings,
            __version__,
            memory,
            progress,
        )
        store = open_store(self.root)
        verify_quickly(store)
        return queries.publish(store, Path(folder), request)

    def reconcile(
        self,
        paths: Iterable[str | os.PathLike[str]] | str | os.PathLike[str],
        *,
        observed_at: datetime | None = None,
        complete: bool = False,
        tolerance_s: float = 5,
        known_at: datetime | None = None,
    ) -> Reconciliation:
        """Compare tickets and audit rows in files with the ledger, and load nothing.

        Args:
            paths: one or many; `-` is standard input.
            observed_at: when the tickets were read from the vendor; without it each is compared
                as of its own last update, or else with the present.
            complete: they are all the live tickets of their organisations.
            tolerance_s: how far the clocks of the two sides may be apart.
            known_at: only commits at or before this instant exist.

        Raises:
            LedgerMissing: nothing was ingested here yet.
            UnreadableInput: a path is missing or cannot be read.
            BadParameter: the tolerance is below zero or above a year.
        """
        open_store(self.root)
        if isinstance(paths, str | os.PathLike):
            paths = [paths]
        observation = observe(find(os.fspath(path) for path in paths), on_clock(observed_at))
        return self.compare(
            observation, complete=complete, tolerance_s=tolerance_s, known_at=known_at
        )

    def compare(
        self,
        observation: Observation,
        *,
        complete: bool = False,
        tolerance_s: float = 5,
        known_at: datetime | None = None,
    ) -> Reconciliation:
        """Compare what was observed; what was refused in part is not taken for complete."""
        compared = queries.compare_observed(
            open_store(self.root),
            observation.rows,
            complete=complete and not observation.rejected,
            tolerance_s=tolerance_s,
            known_at=on_clock(known_at),
        )
        return Reconciliation(compared, observation)

    @overload
    def sql(
        self,
        query: str,
        params: Mapping[str, object] | None = None,
        *,
        to: Literal["polars"] = "polars",
        as_of: datetime | None = None,
        known_at: datetime | None = None,
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
        as_of: datetime | None = None,
        known_at: datetime | None = None,
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
        as_of: datetime | None = None,
        known_at: datetime | None = None,
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
        return _rows(answer, to)

    @overload
    def report(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        to: Literal["polars"] = "polars",
        known_at: datetime | None = None,
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
        known_at: datetime | None = None,
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
        known_at: datetime | None = None,
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
        return _rows(answer, to)

    def chart(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        form: Literal["svg", "png"] = "svg",
        known_at: datetime | None = None,
        timezone: str = "UTC",
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
    ) -> bytes:
        """Return the chart of a report as a picture, of one organisation.

        Args:
            name: of a report with a chart.
            params: as in `report`.
            form: what kind of picture.
            known_at: only commits at or before this instant exist.
            timezone: IANA zone in which days begin.
            calendar: as in `report`.
            sla: as in `report`.
            statuses: as in `report`.

        Raises:
            UnknownReport, BadParameter, BadSettings, LedgerMissing: as `report`; or the report has
                no chart or no rows, or there are several organisations.
            MissingExtra: the extra `dashboard` is not installed.
        """
        zone = clock(timezone)
        return queries.picture(
            open_store(self.root),
            name,
            params,
            form=form,
            known_at=on_clock(known_at, zone),
            timezone=timezone,
            settings=Settings.read(calendar, sla, statuses),
        )

    def dashboard(
        self,
        *,
        as_of: datetime | None = None,
        known_at: datetime | None = None,
        timezone: str = "UTC",
        org_id: str | None = None,
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
        progress: Callable[[int, int], None] = lambda done, whole: None,
    ) -> bytes:
        """Return a page of charts as one HTML file that needs no network.

        Args:
            as_of: only events at or before this instant exist; None: all.
            known_at: only commits at or before this instant exist.
            timezone: IANA zone in which days begin.
            org_id: only this organisation; None: all that there is room for.
            calendar: a TOML file of opening hours; None: always open.
            sla: a TOML file of SLA policies; None: none.
            statuses: a TOML file of classes of statuses; None: the defaults.
            progress: told how many steps of how many are done.

        Raises:
            BadParameter: no such time zone or organisation.
            BadSettings: a file cannot be used.
            LedgerMissing: nothing was ingested here yet.
            MissingExtra: the extra `dashboard` is not installed.
        """
        zone = clock(timezone)
        return queries.dashboard_page(
            open_store(self.root),
            as_of=on_clock(as_of, zone),
            known_at=on_clock(known_at, zone),
            timezone=timezone,
            org_id=org_id,
            settings=Settings.read(calendar, sla, statuses),
            version=__version__,
            progress=progress,
        )

    def drill(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        cell: Mapping[str, str] | None = None,
        known_at: datetime | None = None,
        timezone: str = "UTC",
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
    ) -> pl.DataFrame:
        """Return the tickets behind the rows of a report, and what each adds to them.

        Args:
            name: of a report on tickets.
            params: as in `report`.
            cell: values of the report's key columns, as text; empty text is also NULL. None: all
                rows.
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
        return _frame(_table(answer))

    def explain(
        self,
        ticket_id: str,
        metric: str,
        *,
        org_id: str | None = None,
        as_of: datetime | None = None,
        known_at: datetime | None = None,
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
        return _frame(_table(answer))

    def restatements(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        then: datetime,
        now: datetime | None = None,
        timezone: str = "UTC",
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
    ) -> pl.DataFrame:
        """Return where a report differs from what it said, and which events made the difference.

        One row per cell and column, by cell and column.

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
        return _frame(made.rows)

    def tickets(self, *, to: Literal["polars", "arrow"] = "polars") -> pl.DataFrame | pa.Table:
        """Return every ticket that is not deleted in its current state, by org and id."""
        return _rows(
            queries.answer_sql(
                open_store(self.root), "FROM tickets ORDER BY org_id, ticket_id", None
            ),
            to,
        )


def _rows(
    answer: AbstractContextManager[Answer], to: Literal["polars", "arrow"]
) -> pl.DataFrame | pa.Table:
    table = _table(answer)
    return table if to == "arrow" else _frame(table)


def _table(answer: AbstractContextManager[Answer]) -> pa.Table:
    with answer as opened:
        return opened.table()


def _frame(table: pa.Table) -> pl.DataFrame:
    # Only here: importing polars makes Ctrl-C wait for a blocked read, as of a pipe, to return.
    import polars as pl

    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame
