"""A SQL file: one statement, and a comment before it that says what it is (TOML front matter)."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from graphlib import TopologicalSorter
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Room = Literal[
    "macros",
    "views",
    "reports",
    "checks",
    "comparisons",
    "explanations",
    "derived",
    "marts",
    "spark",
]

_WORD = re.compile(r"\w+")
_PARAMETER = re.compile(r"\$(\w+)")
_NO_NAMES = re.compile(r"--[^\n]*|'[^']*'")
_OPEN, _CLOSE = "/*---\n", "---*/\n"


class Column(BaseModel):
    """A column of a view or report."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    help: str
    unit: str = ""


class Parameter(BaseModel):
    """A parameter of a report; without a default it is asked for (`as_of` defaults to the data)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["TIMESTAMPTZ", "DATE", "VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN"]
    help: str
    default: Any = None
    optional: bool = False
    choices: tuple[str, ...] = ()


COMMON = {
    "as_of": Parameter(
        type="TIMESTAMPTZ",
        help="only events at or before this instant count; default: the last event",
        optional=True,
    ),
    "from": Parameter(
        type="TIMESTAMPTZ",
        help="{period} at or after this instant; default: the beginning",
        optional=True,
    ),
    "to": Parameter(
        type="TIMESTAMPTZ",
        help="{period} before this instant; default: as_of, included",
        optional=True,
    ),
    "org_id": Parameter(type="VARCHAR", help="only this organisation", optional=True),
    "assignee": Parameter(
        type="VARCHAR",
        help="only tickets that this assignee has as of as_of; empty: nobody",
        optional=True,
    ),
    "priority": Parameter(
        type="BIGINT",
        help="only tickets that have this priority as of as_of; 0: none",
        optional=True,
    ),
    "label": Parameter(
        type="VARCHAR", help="only tickets that carry this label as of as_of", optional=True
    ),
    "property": Parameter(
        type="VARCHAR",
        help="NAME=VALUE: only tickets whose custom property has this value as of as_of",
        optional=True,
    ),
}
"""Parameters that mean the same in every report: naming one in the SQL declares it."""


class Statement(BaseModel):
    """One file of a room such as `views/` or `reports/`. Unknown keys are errors.

    `internal` ones are no names to rely on; `like` names the view whose columns it has, beside its
    own; `key` are the columns that tell the rows of a report apart; `period` says what `from` and
    `to` choose; of a report that is `cut_by` a column, a local time, `from` does nothing but leave
    out rows with an earlier one; a view that is `kept` is small, dear and used by many others: a
    session evaluates it once; one that is `dear` is kept for other sessions, too; one that is
    `by_ticket` is dear and can be made of some tickets alone. A report that `tells_of_loading` is
    not a function of the events alone: it also tells when, from where and with what else they were
    loaded.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    sql: str
    title: str
    question: str = ""
    grain: str = ""
    key: tuple[str, ...] = ()
    period: str = ""
    cut_by: str = ""
    internal: bool = False
    kept: bool = False
    dear: bool = False
    by_ticket: bool = False
    tells_of_loading: bool = False
    like: str = ""
    params: Annotated[dict[str, Parameter], Field(default_factory=dict)]
    columns: Annotated[dict[str, Column], Field(default_factory=dict)]


def read_statement(name: str, text: str) -> Statement:
    """Return the statement in a file's text.

    Raises:
        ValueError: no front matter, or not of this form; names the file and the key.
    """
    if not text.startswith(_OPEN) or _CLOSE not in text:
        raise ValueError(f"{name}.sql: must start with a comment of TOML")
    head, sql = text.removeprefix(_OPEN).split(_CLOSE, 1)
    try:
        made = Statement.model_validate({**tomllib.loads(head), "name": name, "sql": sql.strip()})
    except (tomllib.TOMLDecodeError, ValidationError) as exc:
        raise ValueError(f"{name}.sql: {exc}") from None
    return made.model_copy(update={"params": _common(made) | made.params})


def _common(made: Statement) -> dict[str, Parameter]:
    """The common parameters that a statement names."""
    named = set(_PARAMETER.findall(_NO_NAMES.sub("", made.sql)))
    return {
        name: told.model_copy(update={"help": told.help.replace("{period}", made.period)})
        for name, told in COMMON.items()
        if name in named
    }


@cache
def statements(room: Room) -> dict[str, Statement]:
    """Return the statements of a room by name, sorted."""
    folder = files(__package__) / room
    found = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    known = {
        name.removesuffix(".sql"): read_statement(
            name.removesuffix(".sql"), (folder / name).read_text("utf-8")
        )
        for name in found
    }
    models = known if room == "views" else known | statements("views")
    return {
        name: made.model_copy(update={"columns": models[made.like].columns | made.columns})
        if made.like
        else made
        for name, made in known.items()
    }


@lru_cache(maxsize=512)
def definitions(
    query: str | None = None, served: frozenset[str] = frozenset()
) -> tuple[Statement, ...]:
    """Return macros and views, each after those it stands on.

    Args:
        query: only what this SQL names, directly or through others; None: everything.
        served: views that come from elsewhere and stand on nothing.
    """
    known = statements("macros") | statements("views")
    on = _dependencies()
    wanted = set(known) if query is None else set(_WORD.findall(query.lower())) & known.keys()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        found = set() if name in served else on[name] - wanted
        wanted |= found
        waiting.extend(found)
    return tuple(known[name] for name in on if name in wanted)


@cache
def _dependencies() -> dict[str, set[str]]:
    """Macros and views by the names in their text, each after those it stands on.

    A column of that name does no harm.
    """
    known = statements("macros") | statements("views")
    on = {name: (_named(known[name].sql) & known.keys()) - {name} for name in sorted(known)}
    return {name: on[name] for name in TopologicalSorter(on).static_order()}


def _named(sql: str) -> set[str]:
    return set(_WORD.findall(_NO_NAMES.sub("", sql).lower()))


def as_table(definition: str) -> str:
    """Return the definition of a view as that of a table of its present rows."""
    return definition.replace("CREATE OR REPLACE VIEW", "CREATE OR REPLACE TABLE", 1)
