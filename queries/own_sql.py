"""A user's own SQL, asked of the ledger's views."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import duckdb

from ticketledger.models.errors import BadQuery, nearest
from ticketledger.models.store import Store

from .failures import damage, no_text, reading
from .run import Answer, answer_of
from .session import session
from .settings import Settings
from .statement import definitions, statements
from .wording import worded


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
    with session(
        store, views, as_of=as_of, known_at=known_at, settings=settings, is_own=True
    ) as con:
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
            yield answer_of(relation, {})
        except UnicodeDecodeError:
            raise no_text() from None
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


def _views_of(query: str) -> str | None:
    """The query itself, unless it asks about the views and so needs all of them."""
    asks = ("show", "describe", "summarize", "duckdb_", "information_schema", "pragma")
    return None if any(word in query.lower() for word in asks) else query


def _is_unordered(con: duckdb.DuckDBPyConnection, query: str) -> bool:
    told = con.execute("SELECT json_serialize_sql($query)", {"query": query}).fetchall()
    parsed = json.loads(told[0][0])
    if parsed.get("error") or len(parsed.get("statements", [])) != 1:
        return False
    node = parsed["statements"][0]["node"]
    if (node.get("from_table") or {}).get("type") == "SHOW_REF":
        return False  # DESCRIBE, SUMMARIZE, SHOW: their order is their meaning
    return not any(modifier["type"] == "ORDER_MODIFIER" for modifier in node["modifiers"])


def _hint(exc: duckdb.Error) -> str:
    columns = re.search(r"^Candidate bindings: (.+)$", str(exc), re.MULTILINE)
    if columns:
        return "there are " + columns[1].replace('"', "`")
    if "TProtocolException" in str(exc):  # a page of some Parquet file, perhaps of the user's
        return "a Parquet file is damaged; `ticketledger verify` says whether it is the ledger's"
    missing = re.search(r"(?:Table|Function) with name (\w+) does not exist", str(exc))
    public = [name for name, view in statements("views").items() if not view.internal]
    otherwise = "`ticketledger sql 'SHOW TABLES'` lists the views"
    return nearest(missing[1], public, otherwise) if missing else ""


def _first_line(exc: duckdb.Error) -> str:
    return str(exc).strip().splitlines()[0] if str(exc).strip() else "the query failed"
