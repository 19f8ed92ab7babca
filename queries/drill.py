"""The tickets behind the numbers of a report: the report itself, asked of each ticket alone.

Reports fold by organisation. In a schema of its own each view on tickets is shown with organisation
and ticket in the place of the organisation, so the unchanged report counts every ticket apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import duckdb

from ticketledger.models.errors import BadParameter, nearest
from ticketledger.models.store import Store

from .failures import reading
from .run import Answer, opened_report, told
from .settings import Settings
from .statement import Statement

_OF_TICKETS = ("ticket", "held_tickets", "metric_", "reach_", "state_", "sla", "ledger_events")
"""How the names of views begin whose rows are about one ticket each."""


@contextmanager
def answer_drill(
    store: Store,
    name: str,
    params: Mapping[str, object] | None = None,
    *,
    cell: Mapping[str, object] | None = None,
    known_at: datetime | None = None,
    timezone: str = "UTC",
    settings: Settings | None = None,
) -> Iterator[Answer]:
    """Say which tickets are behind a report's cells, and what each adds to it.

    One row per ticket and cell with any number in it: organisation, ticket, then the report's other
    columns as they are for this ticket alone. Counts add up to the report's; medians and shares are
    the ticket's own.

    Args:
        store: an open store.
        name: of a report on tickets.
        params: as in `answer_report`.
        cell: values of key columns, as text or typed; empty text is also NULL. None: all cells.
        known_at: only commits at or before this instant exist.
        timezone: IANA zone in which days begin and instants are shown.
        settings: opening hours and promises; None: always open, nothing promised.

    Raises:
        UnknownReport: no report of that name.
        BadParameter: as in `answer_report`; or the report is not about tickets, has no such key, or
            has rows and none with these values.
    """
    opened = opened_report(
        store, name, params, known_at=known_at, timezone=timezone, settings=settings
    )
    with opened as (con, report, given):
        chosen = _checked(con, report, _as_texts(cell or {}))
        with reading(store):
            _must_be_there(con, report, given, chosen)
            yield told(by_ticket(con, report, given, chosen), report)


def by_ticket(
    con: duckdb.DuckDBPyConnection,
    report: Statement,
    given: Mapping[str, object],
    cell: Mapping[str, str],
) -> duckdb.DuckDBPyRelation:
    """Return the rows of `answer_drill`; the session shows every ticket apart from now on."""
    values: dict[str, object] = {f"cell_{name}": value for name, value in cell.items()}
    values |= {"only_org_id": given["org_id"], "org_id": None}
    _show_apart(con)
    return con.sql(_by_ticket(report, cell), params={**given, **values})


def is_of_tickets(report: Statement) -> bool:
    """Whether a report is about tickets, and so can be asked of each alone."""
    return "assignee" in report.params


def _as_texts(cell: Mapping[str, object]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in cell.items()}


def _checked(
    con: duckdb.DuckDBPyConnection, report: Statement, cell: Mapping[str, str]
) -> dict[str, str]:
    if not is_of_tickets(report):
        raise BadParameter(
            f"`{report.name}` is not about tickets",
            hint="`ticketledger reports` says what each is about",
        )
    for column in cell:
        if column not in report.key:
            hint = nearest(column, report.key, f"its key is {', '.join(report.key)}")
            raise BadParameter(f"report `{report.name}` has no key `{column}`", hint=hint)
        kind = report.columns[column].type
        query = f"SELECT $value = '' OR TRY_CAST($value AS {kind}) IS NOT NULL"
        if con.execute(query, {"value": cell[column]}).fetchall() != [(True,)]:
            raise BadParameter(f"`{cell[column]}` is no {kind} for `{column}`")
    return dict(cell)


def _must_be_there(
    con: duckdb.DuckDBPyConnection,
    report: Statement,
    given: Mapping[str, object],
    cell: Mapping[str, str],
) -> None:
    """Refuse a cell that no row of the report is of; a report without rows has none to choose."""
    if not cell:
        return
    each = {name: _is_value(report, name, f'"{name}"') for name in cell}
    counts = [f"count(*) FILTER ({test})" for test in (*each.values(), " AND ".join(each.values()))]
    values = {f"cell_{name}": value for name, value in cell.items()}
    query = f"SELECT count(*), {', '.join(counts)} FROM ({report.sql})"
    ((rows, *found, together),) = con.sql(query, params={**given, **values}).fetchall()
    if together or not rows:
        return
    rest = f"`ticketledger report {report.name}` has its rows"
    for (name, value), count in zip(cell.items(), found, strict=True):
        if not count:
            query = f'SELECT DISTINCT "{name}"::VARCHAR FROM ({report.sql})'
            known = [text for (text,) in con.sql(query, params=dict(given)).fetchall() if text]
            told = f"no row of `{report.name}` has {name} `{value}`"
            raise BadParameter(told, hint=nearest(value, known, rest))
    told = " and ".join(f"{name} `{value}`" for name, value in cell.items())
    raise BadParameter(f"no row of `{report.name}` has {told}", hint=rest)


def _show_apart(con: duckdb.DuckDBPyConnection) -> None:
    """Show every ticket as an organisation of its own to what is asked from now on."""
    views = con.execute(
        "SELECT table_name FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal"
        " GROUP BY table_name HAVING count(*) FILTER (column_name IN ('org_id', 'ticket_id')) = 2"
    ).fetchall()
    con.execute("CREATE SCHEMA apart")
    for (name,) in views:
        if name.startswith(_OF_TICKETS):
            con.execute(
                f"CREATE VIEW apart.{name} AS SELECT * REPLACE (struct_pack(o := org_id,"
                f" t := ticket_id) AS org_id) FROM main.{name}"
            )
    con.execute("SET search_path = 'apart,main'")


def _by_ticket(report: Statement, chosen: Mapping[str, str]) -> str:
    """Return the report with a row per ticket and cell; names in it are our own."""
    shown = [name for name in report.columns if name not in ("org_id", "ticket_id")]
    measures = [
        name
        for name, column in report.columns.items()
        if name not in report.key and column.type in ("BIGINT", "DOUBLE", "BOOLEAN")
    ]
    wanted = [_is_value(report, name, _column(name)) for name in chosen]
    wanted.append("($only_org_id IS NULL OR org_id.o = $only_org_id)")
    if "ticket_id" not in report.key:  # else every row is about its ticket, also one of zeros
        is_any = (f'coalesce("{name}"::DOUBLE, 0) <> 0' for name in measures)
        wanted.append(f"({' OR '.join(is_any)})")
    columns = ", ".join(f'"{name}"' for name in shown)
    return (
        f"SELECT org_id.o AS org_id, org_id.t AS ticket_id, {columns} FROM ({report.sql})"
        f" WHERE {' AND '.join(wanted)} ORDER BY ALL"
    )


def _is_value(report: Statement, name: str, column: str) -> str:
    kind = report.columns[name].type
    return (
        f"coalesce({column}::VARCHAR, '') = coalesce(nullif($cell_{name}, '')::{kind}::VARCHAR, '')"
    )


def _column(name: str) -> str:
    return {"org_id": "org_id.o", "ticket_id": "org_id.t"}.get(name, f'"{name}"')
