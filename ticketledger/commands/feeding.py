"""Commands for dashboards: `publish`, `dashboard`, `chart`, `serve`."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import (
    OUTPUT,
    Asked,
    HereType,
    as_of_option,
    asks,
    calendar_option,
    known_at_option,
    ledger_option,
    settings_of,
    sla_option,
    statuses_option,
    store_in,
    tz_option,
)
from .progress import counting
from .writing import replacing, say, tell

if TYPE_CHECKING:
    from datetime import datetime


@click.command()
@click.argument("folder", type=HereType("publish into a folder here, and copy it", file_okay=False))
@ledger_option
@as_of_option
@known_at_option
@tz_option("Zone of local dates and hours.")
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
        tell(json.dumps([mart.as_dict() for mart in made]))
        return
    width = max(len(mart.mart) for mart in made)
    for mart in made:
        change = "" if mart.is_changed else "  unchanged"
        tell(f"{mart.mart:{width}}  {mart.rows:>9} rows{change}")


@click.command()
@click.option(
    "-o",
    "--output",
    required=True,
    type=OUTPUT,
    help="The page, an HTML file.",
)
@ledger_option
@as_of_option
@known_at_option
@tz_option("Zone of days and instants.")
@click.option("--org", "org_id", help="Only this organisation; else all there is room for.")
@calendar_option
@sla_option
@statuses_option
def dashboard(
    output: Path,
    root: Path,
    as_of: datetime | None,
    known_at: datetime | None,
    tz: str,
    org_id: str | None,
    calendar: Path | None,
    sla: Path | None,
    statuses: Path | None,
) -> None:
    """Write a page of charts: one file, no network needed."""
    from ..ledger import Ledger

    with replacing(output) as sink, counting("dashboard") as progress:
        page = Ledger(root).dashboard(
            as_of=as_of,
            known_at=known_at,
            timezone=tz,
            org_id=org_id,
            calendar=calendar,
            sla=sla,
            statuses=statuses,
            progress=progress,
        )
        sink.write(page)


@click.command()
@click.argument("name")
@asks
@known_at_option
@click.option(
    "-o",
    "--output",
    required=True,
    type=OUTPUT,
    help="The picture: .svg or .png.",
)
def chart(name: str, asked: Asked, known_at: datetime | None, output: Path) -> None:
    """Draw the chart of a report."""
    from ..queries import picture

    with replacing(output) as sink:  # first: a picture takes a while
        drawn = picture(
            asked.store,
            name,
            asked.given,
            form=output.suffix.removeprefix(".").lower(),
            known_at=known_at,
            timezone=asked.timezone,
            settings=asked.settings,
        )
        sink.write(drawn)


@click.command()
@ledger_option
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0: a free one."
)
@tz_option("Zone of days and instants.")
@calendar_option
@sla_option
@statuses_option
def serve(
    root: Path,
    port: int,
    tz: str,
    calendar: Path | None,
    sla: Path | None,
    statuses: Path | None,
) -> None:
    """Show the page of charts to this machine's browser; it follows new commits. Ctrl-C ends it."""
    from .. import __version__
    from ..queries import Live, server

    try:
        live = Live(
            store_in(root),
            timezone=tz,
            settings=settings_of(calendar, sla, statuses),
            version=__version__,
        )
        with closing(live), server(live, port) as running:
            say(f"http://127.0.0.1:{running.server_port}/ until Ctrl-C")
            running.serve_forever()
    except KeyboardInterrupt:
        say("stopped")
