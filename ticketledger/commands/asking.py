"""Commands that answer: queries, reports, and what is behind a number."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import (
    INSTANT,
    Asked,
    as_of_option,
    asks,
    calendar_option,
    format_option,
    known_at_option,
    ledger_option,
    output_option,
    pair,
    settings_of,
    sla_option,
    statuses_option,
    store_in,
    tz_option,
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
    """Run a query over the views; - reads it from standard input."""
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

    _say_what_settings_do(name, asked.settings)
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
@click.argument("name")
@asks
@known_at_option
@click.option(
    "--cell", "cell", multiple=True, metavar="COLUMN=VALUE", help="Key of a row; empty is NULL."
)
@format_option
@output_option
def drill(
    name: str,
    asked: Asked,
    known_at: datetime | None,
    cell: tuple[str, ...],
    form: str,
    output: Path | None,
) -> None:
    """List the tickets behind the rows of a report, and what each adds to them."""
    from ..queries import answer_drill

    _say_what_settings_do(name, asked.settings)
    answer = answer_drill(
        asked.store,
        name,
        asked.given,
        cell=dict(pair(each, "--cell COLUMN=VALUE") for each in cell),
        known_at=known_at,
        timezone=asked.timezone,
        settings=asked.settings,
    )
    write_answer(answer, form, output)


@click.command()
@click.argument("ticket_id", metavar="TICKET")
@click.argument("metric")
@ledger_option
@click.option("--org-id", help="Its organisation; default: all that have a ticket of this id.")
@as_of_option
@known_at_option
@tz_option("Zone of instants.")
@calendar_option
@sla_option
@statuses_option
@format_option
@output_option
def explain(
    ticket_id: str,
    metric: str,
    root: Path,
    org_id: str | None,
    as_of: datetime | None,
    known_at: datetime | None,
    tz: str,
    calendar: Path | None,
    sla: Path | None,
    statuses: Path | None,
    form: str,
    output: Path | None,
) -> None:
    """Show how a number of a ticket came about, to the events and their lines.

    METRIC is one of ticket_metrics or metric_events, or the name of a policy of --sla.
    """
    from ..queries import answer_explanation

    answer = answer_explanation(
        store_in(root),
        ticket_id,
        metric,
        org_id=org_id,
        as_of=as_of,
        known_at=known_at,
        timezone=tz,
        settings=settings_of(calendar, sla, statuses),
    )
    write_answer(answer, form, output)


@click.command()
@click.argument("name")
@asks
@click.option("--then", type=INSTANT, required=True, help="What was loaded by then.")
@click.option("--now", type=INSTANT, help="What was loaded by then; default: everything.")
@format_option
@output_option
def restatements(
    name: str,
    asked: Asked,
    then: datetime,
    now: datetime | None,
    form: str,
    output: Path | None,
) -> None:
    """Say where a report differs from what it said, and which events made the difference."""
    from ..queries import restate

    _say_what_settings_do(name, asked.settings)
    made = restate(
        asked.store,
        name,
        asked.given,
        then=then,
        now=now,
        timezone=asked.timezone,
        settings=asked.settings,
    )
    write_answer(nullcontext(made.answer()), form, output)


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


def _say_what_settings_do(name: str, settings: Settings) -> None:
    """Say it where a report does not depend on a file that was given, or needs one that was not."""
    from ..queries import find_report, uses_calendars, uses_policies

    sql = find_report(name).sql
    if settings.calendars and not uses_calendars(sql):
        say(f"`{name}` counts no business time: it is the same with any calendar")
    if settings.policies and not uses_policies(sql):
        say(f"`{name}` is not about SLA policies: it is the same with any")
    if not settings.policies and uses_policies(sql):
        say(f"`{name}` has nothing to tell without policies: --sla FILE")
