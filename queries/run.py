"""Answers: a user's SQL, a report, the checks. What is returned is read in one form, `Answer`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from ticketledger.models.errors import BadQuery, UnknownReport, nearest
from ticketledger.models.instants import EPOCH
from ticketledger.models.layout import CommitFile
from ticketledger.models.store import Store
from ticketledger.models.zones import clock

from .failures import damage, reading
from .filters import FILTER_VALUES, check_filters, filters_of, label_of
from .generations import answering_cache
from .parameters import values_of
from .session import session, show_in
from .settings import Settings
from .statement import Statement, definitions, statements
from .wording import worded

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
def answer_sql(
    store: Store,
    query: str,
    params: Mapping[str, object] | None = None,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    settings: Settings | None = None,
    written_as: str | None = None,
) -> Iterator[Answer]:
    """Run one query of the user's; rows of a query without ORDER BY come sorted by all columns.

    SQL leaves the order of such rows open; a fixed one makes two runs give the same bytes.

    Args:
        store: an open store.
        query: DuckDB SQL.
        params: values by name.
        as_of: only events at or before this instant exist.
        known_at: only commits at or before this instant exist.
        settings: opening hours and promises; None: always open, nothing promised.
        written_as: a `Format`: what it does not hold comes as text; None: types stay.

    Raises:
        BadQuery: the database refused it.
    """
    views = _views_of(query)
    with session(store, views, as_of=as_of, known_at=known_at, settings=settings) as con:
        try:
            unordered = _is_unordered(con, query)
            relation = con.sql(query, params=dict(params or {}))
            if relation is None:
                raise BadQuery("the statement returns no rows", hint="start with SELECT or FROM")
            if unordered:
                relation = relation.order("ALL")
            if len(set(relation.columns)) < len(relation.columns):
                relation = relation.select("*")  # numbers equal names, as `order` and tables do
            if written_as:
                relation = worded(relation, written_as)
            yield _answer(relation, {})
        except duckdb.Error as exc:
            if damaged := damage(exc, store):
                raise damaged from None
            _bind_views(con, store, views)
            raise BadQuery(_first_line(exc), hint=_hint(exc)) from None


def _bind_views(con: duckdb.DuckDBPyConnection, store: Store, query: str | None) -> None:
    """Look whether it is the ledger's own views that cannot be asked.

    Raises:
        LedgerDamaged: a file under one of those that the query names cannot be read.
    """
    with reading(store):
        known = frozenset(statements("views"))
        ends = known.union(Settings().simpler())  # of no file, and not there in every session
        for statement in definitions(query, ends) if query else ():  # those it names itself
            if statement.name in known:
                con.execute(f"SELECT NULL FROM {statement.name} LIMIT 0")


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
    if "as_of" in report.params and given.get("as_of") is None:
        given["as_of"] = last_event_at(store, known_at)
    as_of = _as_instant(given.get("as_of"))
    given |= checked(store, given)
    with session(store, report.sql, as_of=as_of, known_at=known_at, settings=settings) as con:
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
            check_filters(con, filters)
    return label_of(filters)


def told(relation: duckdb.DuckDBPyRelation, report: Statement) -> Answer:
    """Return the rows of a report on their way out, with the units of its columns."""
    units = {name: column.unit for name, column in report.columns.items() if column.unit}
    answer = _answer(relation, units)
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
                rows = con.sql(check.sql).to_arrow_table()
            yield check, rows


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


def _views_of(query: str) -> str | None:
    """The query itself, unless it asks about the views and so needs all of them."""
    asks = ("show", "describe", "summarize", "duckdb_", "information_schema", "pragma")
    return None if any(word in query.lower() for word in asks) else query


def _answer(relation: duckdb.DuckDBPyRelation, units: dict[str, str]) -> Answer:
    types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    return Answer(types, units, relation.to_arrow_reader(_BATCH_ROWS))


def _is_unordered(con: duckdb.DuckDBPyConnection, query: str) -> bool:
    told = con.execute("SELECT json_serialize_sql($query)", {"query": query}).fetchall()
    parsed = json.loads(told[0][0])
    if parsed.get("error") or len(parsed.get("statements", [])) != 1:
        return False
    node = parsed["statements"][0]["node"]
    if (node.get("from_table") or {}).get("type") == "SHOW_REF":
        return False  # DESCRIBE, SUMMARIZE, SHOW: their order is their meaning
    return not any(modifier["type"] == "ORDER_MODIFIER" for modifier in node["modifiers"])


def _as_instant(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _hint(exc: duckdb.Error) -> str:
    missing = re.search(r"(?:Table|Function) with name (\w+) does not exist", str(exc))
    public = [name for name, view in statements("views").items() if not view.internal]
    otherwise = "`ticketledger sql 'SHOW TABLES'` lists the views"
    return nearest(missing[1], public, otherwise) if missing else ""


def _first_line(exc: duckdb.Error) -> str:
    return str(exc).strip().splitlines()[0] if str(exc).strip() else "the query failed"
