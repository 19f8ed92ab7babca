"""Answers: a report, the checks. What is returned is read in one form, `Answer`."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from ticketledger.models.errors import UnknownReport
from ticketledger.models.instants import EPOCH
from ticketledger.models.layout import CommitFile
from ticketledger.models.store import Store
from ticketledger.models.zones import clock

from .failures import reading
from .filters import FILTER_VALUES, by_filter, check_filters, filters_of, label_of
from .generations import answering_cache
from .parameters import values_of
from .session import session, show_in
from .settings import Settings
from .statement import Statement, statements

_BATCH_ROWS = 50_000
_OFTEN_CHECKED = frozenset(
    (
        "ticket_states",
        "ticket_moments",
        "ticket_history",
        "ticket_changes",
        "tickets_all",
        "chat_states",
        "chat_history",
        "chats_all",
        "messages",
        "loads",
        "commits",
    )
)
"""Views that are dear and read by several checks: they are evaluated once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows on their way out: names, DuckDB types and a stream of Arrow batches.

    `units` has the unit of the columns that declare one.
    """

    types: dict[str, str]
    units: dict[str, str]
    reader: pa.RecordBatchReader

    def table(self) -> pa.Table:
        """Read all rows; the stream is spent then."""
        return self.reader.read_all()


@contextmanager
def answer_report(
    store: Store,
    name: str,
    params: Mapping[str, object] | None = None,
    *,
    known_at: datetime | None = None,
    timezone: str = "UTC",
    settings: Settings | None = None,
) -> Iterator[Answer]:
    """Run the report `name`.

    Args:
        store: an open store.
        name: file name in `queries/reports`, without `.sql`.
        params: one value per declared parameter, as text or typed; `as_of` defaults to the last
            event the ledger knows, optional ones to none.
        known_at: only commits at or before this instant exist.
        timezone: IANA zone in which days begin and instants are shown.
        settings: opening hours and promises; None: always open, nothing promised.

    Raises:
        UnknownReport: no report of that name.
        BadParameter: one is missing, not declared, or of the wrong kind; no ticket was ever so; or
            there is no such time zone.
    """
    opened = opened_report(
        store, name, params, known_at=known_at, timezone=timezone, settings=settings
    )
    with opened as (con, report, given), reading(store):
        yield told(con.sql(report.sql, params=given), report)


@contextmanager
def opened_report(
    store: Store,
    name: str,
    params: Mapping[str, object] | None = None,
    *,
    known_at: datetime | None = None,
    timezone: str = "UTC",
    settings: Settings | None = None,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Statement, dict[str, object]]]:
    """Yield a session for a report, the report, and a value for each of its parameters.

    Arguments and errors are those of `answer_report`.
    """
    report = find_report(name)
    given = values_of(report, params or {}, clock(timezone))
    files = store.covering()
    if "as_of" in report.params and given.get("as_of") is None:
        given["as_of"] = last_event_at(store, known_at, files)
    as_of = _as_instant(given.get("as_of"))
    given |= checked(store, given)
    opened = session(
        store, report.sql, as_of=as_of, known_at=known_at, settings=settings, files=files
    )
    with opened as con:
        show_in(con, timezone)
        yield con, report, given


def checked(store: Store, given: Mapping[str, object]) -> dict[str, str]:
    """Return the label among the filters of a report as the ledger spells it.

    Raises:
        BadParameter: no ticket was ever as a filter wants it.
    """
    filters = filters_of(given)
    if filters:  # of all times: a value may be asked for that came later
        with session(store, FILTER_VALUES) as con, reading(store):
            known = by_filter(con.sql(FILTER_VALUES).fetchall())
        check_filters(known, filters)
    return label_of(filters)


def told(relation: duckdb.DuckDBPyRelation, report: Statement) -> Answer:
    """Return the rows of a report on their way out, with the units of its columns."""
    units = {name: column.unit for name, column in report.columns.items() if column.unit}
    answer = answer_of(relation, units)
    return replace(answer, reader=answer.reader.cast(as_named(answer.reader.schema)))


def as_named(schema: pa.Schema) -> pa.Schema:
    """Return a schema in which instants whose name says UTC are shown in UTC."""
    return pa.schema([in_utc(f) if f.name.endswith("_utc") else f for f in schema])


def in_utc(field: pa.Field) -> pa.Field:
    """The field, without the zone that local dates are reckoned in."""
    is_instant = pa.types.is_timestamp(field.type)
    return field.with_type(pa.timestamp("us", "UTC")) if is_instant else field


def run_checks(
    store: Store, *, known_at: datetime | None = None
) -> Iterator[tuple[Statement, pa.Table]]:
    """Yield every check with the rows it found; none on a healthy ledger."""
    checks = statements("checks").values()
    asked = " ".join(check.sql for check in checks)
    with session(store, asked, known_at=known_at, kept=_OFTEN_CHECKED) as con:
        for check in checks:
            with reading(store):
                rows = rows_of(con, check.sql, {})
            yield check, rows


def rows_of(con: duckdb.DuckDBPyConnection, query: str, params: Mapping[str, object]) -> pa.Table:
    """Return the rows of a query at once, for who asks many that have few.

    A relation binds its query when it is made and again when it is read, which for our views takes
    as long as many answers. What is copied instead, as the database warns, is what was asked for.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)
        return con.execute(query, dict(params)).to_arrow_table()


def find_report(name: str) -> Statement:
    """Return the report of this name.

    Raises:
        UnknownReport: there is none.
    """
    known = statements("reports")
    if name not in known:
        raise UnknownReport(name, known)
    return known[name]


def last_event_at(
    store: Store, known_at: datetime | None = None, files: Sequence[CommitFile] | None = None
) -> datetime | None:
    """Return the instant of the last event, up to `known_at`; None in an empty ledger.

    Args:
        store: an open store.
        known_at: only commits at or before this instant exist.
        files: the covering set; None: that of now.
    """
    files = store.covering() if files is None else files
    if cached := answering_cache(store, files, known_at=known_at):
        return _instant(cached.last_event_us or None)
    query = "SELECT epoch_us(max(event_at)) FROM ledger_events"
    with session(store, query, known_at=known_at, files=files) as con, reading(store):
        return _instant(con.sql(query).fetchall()[0][0])  # as a timestamp it would import pandas


def _instant(us: int | None) -> datetime | None:
    return None if us is None else EPOCH + timedelta(microseconds=us)


def answer_of(relation: duckdb.DuckDBPyRelation, units: dict[str, str]) -> Answer:
    """Return the rows of a relation on their way out; `units` has those of its columns."""
    types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    return Answer(types, units, relation.to_arrow_reader(_BATCH_ROWS))


def _as_instant(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
