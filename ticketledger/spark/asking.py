"""What users of a cluster ask for: views, reports, marts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from ticketledger.models.errors import BadParameter
from ticketledger.models.instants import on_clock
from ticketledger.models.zones import clock
from ticketledger.queries.settings import FilePath, Settings

from .answering import Told, answered
from .folds import VIEWS
from .frames import Frames
from .plan import Plan
from .question import Question

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def views(
    spark: SparkSession,
    path: str | os.PathLike[str],
    *,
    names: Sequence[str] | str = VIEWS,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    calendar: FilePath | None = None,
    statuses: FilePath | None = None,
    parts: int | None = None,
    memory: str = "1GB",
) -> Frames:
    """Return views of a ledger as DataFrames, each a temporary view of its name as well.

    They show the commits that there are now, and have the rows that one machine has, in no order.
    Events are moved at once, since how senders report is learned from them; they are folded when
    rows are asked for, once for all views. What an executor loses is made again, as long as
    `compact` has not removed the files it was made of.

    Args:
        spark: a session, not of Spark Connect; its executors have this version of ticketledger and
            DuckDB installed, for a URL the extra `s3`, and the variables with its credentials.
        path: of the ledger: a URL, or a folder that driver and executors see.
        names: of `VIEWS`.
        as_of: only events at or before this instant exist; None: all.
        known_at: only commits at or before this instant exist; None: all.
        calendar: a TOML file of opening hours; None: always open.
        statuses: a TOML file of classes of statuses; None: the defaults.
        parts: into how many parts tickets, chats and messages are divided; None: one for every
            16 MB of the ledger (about 100,000 events), and at least one for each core.
        memory: what DuckDB may use in one task before it spills to the executor's disk.

    Raises:
        BadParameter: no such view; no session, or a stopped one; no number of parts; no amount of
            memory.
        BadSettings: a file cannot be used.
        LedgerMissing: nothing was ingested here yet.
        LedgerTooNew, LedgerDamaged, LedgerUnreachable: from the ledger.
    """
    names = tuple(dict.fromkeys([names] if isinstance(names, str) else names))
    for name in names:
        if name not in VIEWS:
            raise BadParameter(f"no view `{name}` on Spark", hint=f"there are {', '.join(VIEWS)}")
    settings = Settings.read(calendar, None, statuses)
    question = Question(on_clock(as_of), on_clock(known_at), settings, memory=memory)
    made = Plan(spark, question, path, parts).views(names)
    for name, frame in made.items():
        frame.createOrReplaceTempView(name)
    return made


def reports(
    spark: SparkSession,
    path: str | os.PathLike[str],
    names: Sequence[str] | str,
    params: Mapping[str, object] | None = None,
    *,
    known_at: datetime | None = None,
    timezone: str = "UTC",
    calendar: FilePath | None = None,
    sla: FilePath | None = None,
    statuses: FilePath | None = None,
    parts: int | None = None,
    memory: str = "1GB",
) -> dict[str, pa.Table]:
    """Return by name the rows of reports, as `Ledger.report` does.

    The ledger is folded once for all of them, and once more to check filters.

    Executors make the views that the reports read, a few rows for each ticket, version or message;
    the driver takes these and asks the reports of them.

    Args:
        spark, path, known_at, calendar, statuses, parts: as for `views`.
        names: of reports; not those that tell of loads, `data_quality` and `ingest_health`.
        params: values by name; each report is told those that it takes.
        timezone: IANA zone in which days begin.
        sla: a TOML file of SLA policies; None: none.
        memory: what DuckDB may use in one task, and in the driver, before it spills.

    Raises:
        UnknownReport: no report of that name.
        BadParameter: a report tells of loads; a parameter is missing, taken by no report, or of the
            wrong kind; no ticket was ever as a filter wants it; no such time zone; as `views`.
        BadSettings, LedgerMissing, LedgerTooNew, LedgerDamaged, LedgerUnreachable: as `views`.
    """
    settings = Settings.read(calendar, sla, statuses)

    def tell(question: Question, names: Sequence[str]) -> Told:
        return Plan(spark, question, path, parts).told(names)

    names = [names] if isinstance(names, str) else names
    known_at = on_clock(known_at, clock(timezone))
    question = Question(None, known_at, settings, timezone, memory)
    return answered(names, params or {}, question, tell)


def marts(
    spark: SparkSession,
    path: str | os.PathLike[str],
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    timezone: str = "UTC",
    calendar: FilePath | None = None,
    sla: FilePath | None = None,
    statuses: FilePath | None = None,
    parts: int | None = None,
    memory: str = "1GB",
) -> Frames:
    """Return the marts of a feed as DataFrames; they have the rows that `publish` writes.

    Args:
        spark, path, as_of, known_at, calendar, statuses, parts, memory: as for `views`.
        timezone: IANA zone of local dates and hours.
        sla: a TOML file of SLA policies; None: none.

    Raises:
        BadParameter: no such time zone; no number of parts; no amount of memory.
        BadSettings, LedgerMissing, LedgerTooNew, LedgerDamaged, LedgerUnreachable: as `views`.
    """
    settings = Settings.read(calendar, sla, statuses)
    as_of, known_at = (on_clock(each, clock(timezone)) for each in (as_of, known_at))
    question = Question(as_of, known_at, settings, timezone, memory)
    return Plan(spark, question, path, parts).marts()
