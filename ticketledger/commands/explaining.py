"""Commands that say what is behind a number: tickets, spans and events, what was loaded since."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .asking import say_what_settings_do
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
from .writing import write_answer

if TYPE_CHECKING:
    from datetime import datetime


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

    say_what_settings_do(name, asked.settings)
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

    say_what_settings_do(name, asked.settings)
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
