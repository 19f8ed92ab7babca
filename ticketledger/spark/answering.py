"""Reports on a cluster: executors fold the views that a report reads, the driver asks it of them.

What is written once for each ticket or message is made where their events are; what counts over all
of them is one query over few columns of folded rows, which needs no cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, tzinfo
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ticketledger.models.errors import BadParameter
from ticketledger.models.quiet import quiet
from ticketledger.models.schema import EVENTS
from ticketledger.models.zones import clock
from ticketledger.queries.filters import by_filter, check_filters, filters_of, label_of
from ticketledger.queries.parameters import values_of
from ticketledger.queries.run import as_named, find_report
from ticketledger.queries.statement import Statement, definitions, statements

from .asked import of_views, tables
from .question import Question, sql_of

Told = Generator[tuple[str, pa.RecordBatch], None, None]
"""Rows of views by name, as they come; to be closed."""

Tell = Callable[[Question, Sequence[str]], Told]
"""Folds views for a question; tells first of `asked_at`."""

_BODY = " AS TABLE\n"


def answered(
    names: Sequence[str], params: Mapping[str, object], question: Question, tell: Tell
) -> dict[str, pa.Table]:
    """Return the rows of reports by name.

    Args:
        names: of reports.
        params: values by name; each report is told those that it takes.
        question: without `as_of`, which is a parameter.
        tell: folds views.

    Raises:
        UnknownReport: no report of that name.
        BadParameter: as `reports`.
    """
    asked = [find_report(name) for name in names]
    given = told_each(asked, params, clock(question.timezone))
    needed = folded_views(asked)
    as_of = next((each["as_of"] for each in given.values() if each.get("as_of")), None)
    question = replace(question, as_of=as_of)
    schemas = question.schemas(of_views(["asked_at", *needed]))  # wrong settings are told at once
    if any(filters_of(each) for each in given.values()):
        of_all_times = Question(memory=question.memory)  # a value may be asked for that came later
        with closing(tell(of_all_times, ["filter_values"])) as told:
            given = spelt(given, told)
    with closing(tell(question, needed)) as told:
        return _answers(question, asked, given, schemas, told)


def told_each(
    asked: Sequence[Statement], params: Mapping[str, object], zone: tzinfo = UTC
) -> dict[str, dict[str, Any]]:
    """Return by report a value for each of its parameters.

    Raises:
        BadParameter: one is missing, taken by no report, or of the wrong kind; there is no report.
    """
    if not asked:
        raise BadParameter("no report is named", hint="name one, for example `ticket_summary`")
    known = {name for report in asked for name in report.params}
    return {
        report.name: values_of(
            report,
            {
                name: value
                for name, value in params.items()
                if name in report.params or name not in known
            },
            zone,
        )
        for report in asked
    }


def folded_views(asked: Iterable[Statement]) -> list[str]:
    """Return the views that reports read of which executors make the rows, sorted.

    Raises:
        BadParameter: a report tells of loads.
    """
    needed: set[str] = set()
    for report in asked:
        if report.tells_of_loading:
            raise BadParameter(
                f"report `{report.name}` tells of loads, which a cluster does not read",
                hint="ask it on one machine: Ledger.report",
            )
        needed |= _read(report.sql)
    return sorted(name for name in needed - {"asked_at"} if _is_of_events(name))


def spelt(
    given: Mapping[str, dict[str, Any]], told: Iterable[tuple[str, pa.RecordBatch]]
) -> dict[str, dict[str, Any]]:
    """Return parameters with labels as the ledger spells them; `told` has the `filter_values`.

    Raises:
        BadParameter: no ticket was ever as a filter wants it.
    """
    asked = {"org_id", *(name for values in given.values() for name in filters_of(values))}
    known: set[tuple[str, str]] = set()
    for name, batch in told:
        if name == "filter_values":
            rows = batch.filter(pc.is_in(batch["parameter"], pa.array(sorted(asked)))).to_pylist()
            known.update((row["parameter"], row["value"]) for row in rows)
    values_there = by_filter(known)
    made = {}
    for report, values in given.items():
        filters = filters_of(values)
        check_filters(values_there, filters)
        made[report] = values | label_of(filters)
    return made


def _answers(
    question: Question,
    asked: Sequence[Statement],
    given: Mapping[str, dict[str, Any]],
    schemas: Mapping[str, pa.Schema],
    told: Told,
) -> dict[str, pa.Table]:
    """Return the rows of reports, asked of what was told."""
    with question.asked_of(EVENTS.empty_table().to_reader(), once=False) as con:
        con.execute("RESET threads")
        tables(con, schemas, told)
        last = con.sql("FROM asked_at").to_arrow_table().to_pylist()
        question.define(con, " ".join(report.sql for report in asked), given=tuple(schemas))
        made = {}
        for report in asked:
            values = dict(given[report.name])
            if "as_of" in values and last:
                values["as_of"] = last[0]["instant"]
            rows = con.sql(report.sql, params=values).to_arrow_table()
            made[report.name] = rows.cast(as_named(rows.schema))
        return made


@cache
def _read(sql: str) -> frozenset[str]:
    """The views that a query reads itself or by way of macros; a column of that name is none."""
    views = statements("views").keys()
    macros = [each.sql for each in definitions(sql, frozenset(views)) if each.name not in views]
    bodies = [body for _, is_table, body in (each.partition(_BODY) for each in macros) if is_table]
    with quiet(duckdb.connect()) as con:
        named = [
            name
            for query in (sql, *bodies)
            for (name,) in con.execute(sql_of("named_tables"), {"query": query}).fetchall()
        ]
    return frozenset(views & set(named))


def _is_of_events(view: str) -> bool:
    return any(each.name == "ledger_events" for each in definitions(view))
