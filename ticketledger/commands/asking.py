"""Commands that answer: queries, reports, what there is."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import (
    Asked,
    as_of_option,
    asks,
    calendar_option,
    format_option,
    known_at_option,
    ledger_option,
    output_option,
    settings_of,
    sla_option,
    statuses_option,
    store_in,
)
from .writing import say, tell, write_answer

if TYPE_CHECKING:
    from datetime import datetime

    from ..queries import Settings


@click.command()
@click.argument("query")
@ledger_option
@as_of_option
@known_at_option
@calendar_option
@sla_option
@statuses_option
@format_option
@output_option
def sql(
    query: str,
    root: Path,
    as_of: datetime | None,
    known_at: datetime | None,
    calendar: Path | None,
    sla: Path | None,
    statuses: Path | None,
    form: str,
    output: Path | None,
) -> None:
    """Run a query over the views; - reads it from standard input.

    Of several statements the last one answers. No view can be changed; what else DuckDB may do, as
    COPY to a file, it does with your rights.
    """
    from ..queries import answer_sql

    text = sys.stdin.read() if query == "-" else query
    store, settings = store_in(root), settings_of(calendar, sla, statuses)
    answer = answer_sql(
        store, text, as_of=as_of, known_at=known_at, settings=settings, written_as=form
    )
    write_answer(answer, form, output)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything a report declares.")
def reports(as_json: bool) -> None:
    """List the reports, the question each answers, and its grain."""
    from ..queries import statements

    known = statements("reports").values()
    if as_json:
        listed = [report.model_dump(exclude={"sql", "internal", "needs"}) for report in known]
        tell(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    width = max(len(report.name) for report in known)
    for report in known:
        tell(f"{report.name:{width}}  {report.question}  ({report.grain})")


@click.command()
@click.argument("name")
@asks
@known_at_option
@format_option
@output_option
def report(
    name: str, asked: Asked, known_at: datetime | None, form: str, output: Path | None
) -> None:
    """Run a report."""
    from ..queries import answer_report

    say_what_settings_do(name, asked.settings)
    answer = answer_report(
        asked.store,
        name,
        asked.given,
        known_at=known_at,
        timezone=asked.timezone,
        settings=asked.settings,
    )
    write_answer(answer, form, output)


@click.command()
@ledger_option
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def info(root: Path, as_json: bool) -> None:
    """Say what the ledger holds."""
    from ..queries import summary

    facts = summary(store_in(root))
    if as_json:
        tell(json.dumps(facts, default=lambda at: at.isoformat()))
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        tell(f"{name:{width}}  {value if value is not None else '-'}")


@click.command()
def schema() -> None:
    """Print the JSON Schema of the envelope and of every object in it."""
    from ..models.schema import json_schema

    tell(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def say_what_settings_do(name: str, settings: Settings) -> None:
    """Say it where a report does not depend on a file that was given, or needs one that was not."""
    from ..queries import find_report, uses_calendars, uses_policies

    sql = find_report(name).sql
    if settings.calendars and not uses_calendars(sql):
        say(f"`{name}` counts no business time: it is the same with any calendar")
    if settings.policies and not uses_policies(sql):
        say(f"`{name}` is not about SLA policies: it is the same with any")
    if not settings.policies and uses_policies(sql):
        say(f"`{name}` has nothing to tell without policies: --sla FILE")
