"""Commands that keep a ledger well: `compact`, `refresh`, `check`, `verify`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..models.printable import printable
from .options import (
    calendar_option,
    known_at_option,
    ledger_option,
    sla_option,
    statuses_option,
    store_in,
    tz_option,
)
from .progress import counting
from .writing import say, tell

if TYPE_CHECKING:
    from datetime import datetime


@click.command()
@ledger_option
@click.option("--all", "everything", is_flag=True, help="Merge whatever may be merged.")
@click.option(
    "--max-bytes",
    type=click.IntRange(1),
    help="Length of a run; default: 512 MiB, in a bucket 32 MiB.",
)
@click.option("--memory", default="512MB", show_default=True, help="Before it spills to disk.")
@click.option(
    "--grace",
    "grace_s",
    type=click.FloatRange(0),
    help="Seconds that replaced files stay, for readers that have them open; default: 900, in a"
    " bucket a day.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def compact(
    root: Path,
    everything: bool,
    max_bytes: int | None,
    memory: str,
    grace_s: float | None,
    as_json: bool,
) -> None:
    """Merge commits into larger files; no answer changes."""
    from ..ledger import Ledger

    with counting("compact") as progress:
        made = Ledger(root).compact(
            everything=everything,
            max_bytes=max_bytes,
            memory=memory,
            grace_s=grace_s,
            progress=progress,
        )
    if as_json:
        tell(json.dumps(made.as_dict()))
        return
    if made.files:
        tell(f"{made.merged} files merged: {', '.join(made.files)} ({made.rows} events)")
    else:
        tell("nothing to merge")
    if made.removed:
        tell(f"{made.removed} replaced files removed")
    if made.waiting:
        tell(f"{made.waiting} replaced files stay for readers; a later run removes them")


@click.command()
@ledger_option
@click.option("--rebuild", is_flag=True, help="Fold everything from the log.")
@click.option("--memory", default="3GB", show_default=True, help="Before it spills to disk.")
@click.option("--answers", is_flag=True, help="Also answer what a large ledger is slow to.")
@tz_option("Zone of the page's days.")
@calendar_option
@sla_option
@statuses_option
def refresh(
    root: Path,
    rebuild: bool,
    memory: str,
    answers: bool,
    tz: str,
    calendar: Path | None,
    sla: Path | None,
    statuses: Path | None,
) -> None:
    """Bring the cache of states and histories up to the last commit.

    With --answers it also makes what reports and the page stand on that are given these settings
    and this zone, so that the first of them is as fast as the next.
    """
    from ..ledger import Ledger

    if (calendar or sla or statuses or tz != "UTC") and not answers:
        raise click.UsageError("settings are for answers made ahead: add --answers")
    store_in(root)
    with counting("refresh") as progress:
        Ledger(root).refresh(
            memory=memory,
            rebuild=rebuild,
            answers=answers,
            timezone=tz,
            calendar=calendar,
            sla=sla,
            statuses=statuses,
            progress=progress,
        )
    tell("ok")


@click.command()
@ledger_option
@known_at_option
@click.option("--json", "as_json", is_flag=True, help="Print every check with its rows as JSON.")
def check(root: Path, known_at: datetime | None, as_json: bool) -> None:
    """Run every integrity query; exit 1 when one finds rows."""
    from ..queries import run_checks

    found = 0
    results = []
    for statement, rows in run_checks(store_in(root), known_at=known_at):
        found += rows.num_rows
        if as_json:
            text = json.dumps(rows.to_pylist(), default=str)
            results.append(
                {"check": statement.name, "title": statement.title, "rows": json.loads(text)}
            )
            continue
        mark = "ok  " if rows.num_rows == 0 else "FAIL"
        tell(f"{mark}  {statement.name}: {statement.title}")
        for row in rows.slice(0, 10).to_pylist():
            tell(f"      {json.dumps(row, default=str)}")
        if rows.num_rows > 10:
            tell(f"      … {rows.num_rows - 10} more")
    if as_json:
        tell(json.dumps(results, ensure_ascii=False, indent=2))
    if found:
        sys.exit(1)


@click.command()
@ledger_option
@click.option("--quick", is_flag=True, help="Read no more than the footers of `events/`.")
@click.option("--rebuild", is_flag=True, help="Compare the cache with a fold of the whole log.")
@click.option("--memory", default="3GB", show_default=True, help="For --rebuild, before it spills.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def verify(root: Path, quick: bool, rebuild: bool, memory: str, as_json: bool) -> None:
    """Read every file of the ledger and compare it with the record of its commit."""
    from ..ledger import Ledger
    from ..queries import has_cache

    store = store_in(root)
    findings = Ledger(root).verify(quick=quick, rebuild=rebuild, memory=memory)
    if rebuild and not findings and not has_cache(store):
        say("no cache of the last commit: views fold the log")
    if as_json:
        tell(json.dumps([finding.as_dict() for finding in findings], indent=2))
    else:
        for finding in findings:
            tell(printable(f"{finding.path}: {finding.problem}; {finding.remedy}"))
        if not findings:
            tell("ok")
    if findings:
        sys.exit(4)
