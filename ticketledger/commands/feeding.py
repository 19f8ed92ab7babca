"""Commands for dashboards: `publish`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import (
    as_of_option,
    calendar_option,
    known_at_option,
    ledger_option,
    sla_option,
    statuses_option,
)
from .progress import counting

if TYPE_CHECKING:
    from datetime import datetime


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@ledger_option
@as_of_option
@known_at_option
@click.option("--tz", default="UTC", show_default=True, help="Zone of local dates and hours.")
@calendar_option
@sla_option
@statuses_option
@click.option("--memory", default="3GB", show_default=True, help="Before it spills to disk.")
@click.option("--json", "as_json", is_flag=True, help="Print the marts as JSON.")
def publish(
    folder: Path,
    root: Path,
    as_of: datetime | None,
    known_at: datetime | None,
    tz: str,
    calendar: Path | None,
    sla: Path | None,
    statuses: Path | None,
    memory: str,
    as_json: bool,
) -> None:
    """Write marts for dashboards into FOLDER, a Parquet file each; only what changed."""
    from ..ledger import Ledger

    with counting("publish") as progress:
        made = Ledger(root).publish(
            folder,
            as_of=as_of,
            known_at=known_at,
            timezone=tz,
            calendar=calendar,
            sla=sla,
            statuses=statuses,
            memory=memory,
            progress=progress,
        )
    if as_json:
        click.echo(json.dumps([mart.as_dict() for mart in made]))
        return
    width = max(len(mart.mart) for mart in made)
    for mart in made:
        change = "" if mart.is_changed else "  unchanged"
        click.echo(f"{mart.mart:{width}}  {mart.rows:>9} rows{change}")
