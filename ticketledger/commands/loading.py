"""Commands that take exports in: `ingest`, `replay`, `reconcile`."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import __version__
from .options import (
    format_option,
    known_at_option,
    ledger_option,
    max_bytes_option,
    max_depth_option,
    observed_at_option,
    output_option,
    store_in,
)
from .progress import counting, progress_of
from .writing import say, tell, write_answer

if TYPE_CHECKING:
    from datetime import datetime

    from ..ingest import Found, Outcome
    from ..ingest.explain import Limits, Rejected


@click.command()
@click.argument("paths", nargs=-1, required=True)
@ledger_option
@observed_at_option
@max_bytes_option
@max_depth_option
@click.option("--memory", default="512MB", show_default=True, help="For each core's reading.")
@click.option("--no-refresh", is_flag=True, help="Leave cache and catalog to a later `refresh`.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def ingest(
    paths: tuple[str, ...],
    root: Path,
    observed_at: datetime | None,
    max_bytes: int | None,
    max_depth: int | None,
    memory: str,
    no_refresh: bool,
    as_json: bool,
) -> None:
    """Load exports: files, folders, patterns, or - for standard input."""
    from ..ingest import Request
    from ..ledger import Ledger

    found = _find(paths)
    limits = _limits(max_bytes, max_depth)
    with progress_of(found) as progress:
        request = Request(found, __version__, observed_at, limits, memory, progress=progress)
        outcome = Ledger(root).run(request, refresh=False)
    try:
        if not no_refresh:
            with counting("refresh") as progress_of_refresh:
                Ledger(root).refresh(progress=progress_of_refresh)
    finally:  # what was committed is told, come what may
        if as_json:
            tell(json.dumps(outcome.as_dict(), ensure_ascii=False))
        else:
            _tell(outcome, len(found.sources))
        _warn(outcome.examples, outcome.rejected, "`ticketledger sql 'FROM rejects'`")
    if outcome.rejected:
        sys.exit(3)


@click.command()
@ledger_option
@observed_at_option
@max_bytes_option
@max_depth_option
@click.option("--no-refresh", is_flag=True, help="Leave cache and catalog to a later `refresh`.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def replay(
    root: Path,
    observed_at: datetime | None,
    max_bytes: int | None,
    max_depth: int | None,
    no_refresh: bool,
    as_json: bool,
) -> None:
    """Try rejected lines again: this version, or wider limits, may take them."""
    from ..ledger import Ledger

    made = Ledger(root).replay(
        limits=_limits(max_bytes, max_depth), observed_at=observed_at, refresh=not no_refresh
    )
    if as_json:
        tell(json.dumps(made.as_dict()))
        return
    tell(f"{made.tried} rejected lines tried, {made.taken} taken, {made.tried - made.taken} stay")
    if made.taken:
        total = made.total
        tell(
            f"{total.lines} records = {total.accepted} accepted + {total.duplicates} duplicates"
            f" + {total.rejected} rejected"
        )


@click.command()
@click.argument("paths", nargs=-1, required=True)
@ledger_option
@observed_at_option
@click.option("--complete", is_flag=True, help="The tickets are all live ones of their org.")
@click.option(
    "--tolerance",
    "tolerance_s",
    type=float,
    default=5,
    show_default=True,
    help="How far two clocks may be apart, in seconds.",
)
@known_at_option
@max_bytes_option
@max_depth_option
@format_option
@output_option
def reconcile(
    paths: tuple[str, ...],
    root: Path,
    observed_at: datetime | None,
    complete: bool,
    tolerance_s: float,
    known_at: datetime | None,
    max_bytes: int | None,
    max_depth: int | None,
    form: str,
    output: Path | None,
) -> None:
    """Compare tickets or audit rows in files with the ledger; exit 1 when they differ."""
    from ..ingest import observe
    from ..ledger import Ledger

    store_in(root)
    seen = observe(_find(paths), observed_at, _limits(max_bytes, max_depth))
    made = Ledger(root).compare(seen, complete=complete, tolerance_s=tolerance_s, known_at=known_at)
    write_answer(nullcontext(made.compared.answer()), form, output)
    if seen.passed_over:
        say(f"passed over {seen.passed_over}: neither snapshots of tickets nor audit rows")
    if not seen.rows.num_rows:
        say("nothing was compared: the input has no snapshot of a ticket and no audit row")
    _warn(seen.examples, seen.rejected, "none of them was compared")
    if seen.rejected and complete:
        say("not complete without what was rejected: no ticket was looked for in the snapshot")
    if seen.rejected:
        sys.exit(3)
    if made.rows.num_rows:
        sys.exit(1)


def _find(paths: tuple[str, ...]) -> Found:
    from ..ingest import find

    found = find(paths)
    for path, reason in found.skipped:
        say(f"skipped {path}: {reason}")
    return found


def _limits(max_bytes: int | None, max_depth: int | None) -> Limits:
    from ..ingest.explain import Limits
    from ..ingest.records import MAX_BYTES
    from ..models.jsontext import MAX_DEPTH

    return Limits(max_bytes or MAX_BYTES, max_depth or MAX_DEPTH)


def _tell(outcome: Outcome, sources: int) -> None:
    tell(
        f"{outcome.lines} lines = {outcome.accepted} accepted + {outcome.duplicates} duplicates"
        f" + {outcome.rejected} rejected + {outcome.blank} blank"
        f"  ({sources} file{'s' if sources != 1 else ''})"
    )
    if not outcome.commits:
        tell("nothing new: the ledger is as it was")


def _warn(examples: list[tuple[str, Rejected]], rejected: int, where_to_look: str) -> None:
    for source, reject in examples:
        where = f"{source}:{reject.line}"
        path = f" {reject.path}" if reject.path else ""
        say(f"rejected {where}:{path} {reject.reason} ({reject.code})")
    rest = rejected - len(examples)
    if rest > 0:
        say(f"rejected {rest} more: {where_to_look}")
