"""The private database of a fast lane: its macros, what they go by, and what a statement sees."""

from __future__ import annotations

from typing import Any, Final

import duckdb
import pyarrow as pa

from ticketledger.models.errors import BadParameter
from ticketledger.models.memory import is_usual
from ticketledger.models.quiet import quiet

from .samples import FAMILY_OF
from .statements import statement

MACROS: Final = (
    "is_text",
    "is_flag",
    "is_instant",
    "is_priority",
    "is_whole_number",
    "is_real_number",
    "is_labels",
    "is_texts",
    "is_map",
    "is_same",
    "is_readable",
    "text_of",
    "ascii_of",
    "flag_of",
    "instant_of",
    "labels_of",
    "texts_of",
    "is_brief",
    "are_brief",
    "sorted_members",
    "flat",
)
"""Statements of `ingest/sql` that define macros, each after those it uses."""

_NUMBER = r"0|-?[1-9][0-9]{0,17}|-?(?:0|[1-9][0-9]{0,6})\.[0-9]{0,6}[1-9]"
_VALUE = rf'(?:"[^"\\]*"|true|false|null|{_NUMBER})'
_PLAIN = rf"true|false|\[\]|\{{\}}|{_NUMBER}"
_SCALARS = rf"\[{_VALUE}(?:,{_VALUE})*\]"
_BRIEF = rf'(?:"(?:[^"\\]|\\.)*"|null|{_PLAIN}|{_SCALARS})'
_MEMBER = rf'"[^"\\]*\x01":(?:{_VALUE}|{_SCALARS}|\[\]|\{{\}})'


def connect(memory: str) -> duckdb.DuckDBPyConnection:
    """Return a private database on one core: units are read side by side.

    Raises:
        BadParameter: the memory is no size.
    """
    con = quiet(duckdb.connect())
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET threads = 1")
    try:
        con.execute("SET memory_limit = $memory", {"memory": memory})
    except duckdb.Error:
        con.close()
        raise BadParameter(f"`{memory}` is no size", hint="for example 512MB") from None
    return con


def prepared(memory: str) -> duckdb.DuckDBPyConnection:
    """Return such a database with what the statements of the lane stand on.

    Raises:
        BadParameter: the memory is no size, or too little.
    """
    con = connect(memory)
    try:
        define_macros(con)
    except duckdb.OutOfMemoryException:
        con.close()
        hint = "for example 512MB"
        raise BadParameter(f"{memory} of memory are too little to load with", hint=hint) from None
    return con


def check_size(memory: str) -> None:
    """Refuse what is no size, or too little; of those spelt as usual no database is asked.

    Raises:
        BadParameter: as `prepared`.
    """
    if not is_usual(memory):
        prepared(memory).close()


def define_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Define what the statements of the lane stand on."""
    for name in MACROS:
        con.execute(statement(name))
    set_variables(
        con,
        scalar=_PLAIN,
        scalars=_SCALARS,
        briefs=rf"{_BRIEF}(?:\n{_BRIEF})*",
        member=_MEMBER,
        names=list(FAMILY_OF),
        families=list(FAMILY_OF.values()),
        is_checked=False,
        **{
            f"{family}_events": [name for name, of in FAMILY_OF.items() if of == family]
            for family in set(FAMILY_OF.values())
        },
    )


def set_variables(con: duckdb.DuckDBPyConnection, **variables: Any) -> None:
    """Tell a connection what its statements ask for by name."""
    for name, value in variables.items():
        con.execute(f"SET VARIABLE {name} = $value", {"value": value})


class Shown:
    """Arrow tables that a statement sees under their names, for as long as it runs."""

    def __init__(self, con: duckdb.DuckDBPyConnection, tables: dict[str, pa.Table]) -> None:
        self._con = con
        self._tables = tables

    def __enter__(self) -> None:
        for name, table in self._tables.items():
            self._con.register(name, table)

    def __exit__(self, *exc: object) -> None:
        for name in self._tables:
            self._con.unregister(name)
