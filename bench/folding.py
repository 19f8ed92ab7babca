"""What the cache saves: state, one ticket, a refresh, against folding the whole log.

    python -m bench.folding export.jsonl [--rounds 3]

The export (`bench.generate`) is loaded but for its last 10,000 lines, which are the commit that the
cache then follows. Every question is asked on a connection of its own; figures are medians, ratios
come from one run.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Final

import click

import ticketledger

LATE: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""A `known_at` that hides nothing, and with which the log is folded: a cache knows no such date."""

TAIL: Final = 10_000
STATUS: Final = "SELECT status, count(*) AS tickets FROM tickets GROUP BY 1 ORDER BY 1"


def seconds(ask: Callable[[], object], rounds: int) -> float:
    """Return the median time of a question."""
    taken = []
    for _ in range(rounds):
        began = perf_counter()
        ask()
        taken.append(perf_counter() - began)
    return statistics.median(taken)


def command(*arguments: str) -> float:
    """Run the command line and return its time."""
    began = perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "ticketledger", *arguments], capture_output=True, text=True
    )
    if done.returncode not in (0, 3):
        raise SystemExit(done.stderr)
    return perf_counter() - began


def split(export: Path, folder: Path) -> tuple[Path, Path]:
    """Write all lines but the last ones, and those, as two files."""
    with export.open("rb") as source:
        count = sum(1 for _ in source)
        source.seek(0)
        head, tail = folder / "head.jsonl", folder / "tail.jsonl"
        with head.open("wb") as sink:
            sink.writelines(islice(source, count - TAIL))
        tail.write_bytes(source.read())
    return head, tail


@click.command()
@click.argument("export", type=click.Path(exists=True, path_type=Path))
@click.option("--rounds", default=3, show_default=True)
def main(export: Path, rounds: int) -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made) / "ledger"
        head, tail = split(export, Path(made))
        at = ("--ledger", str(root))
        command("ingest", str(head), "--no-refresh", *at)
        rebuild = command("refresh", "--rebuild", *at)
        peak_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        ledger = ticketledger.open(root)
        command("ingest", str(tail), "--no-refresh", *at)
        follow = command("refresh", *at)
        counts = ledger.sql(
            "SELECT (SELECT count(*) FROM events WHERE object_type = 'ticket') AS events,"
            " (SELECT count(*) FROM tickets_all) AS tickets,"
            " (SELECT count(*) FROM ticket_history) AS versions,"
            " (SELECT count(DISTINCT event_id) FROM ticket_changes) AS changes,"
            " (SELECT ticket_id FROM tickets"
            " ORDER BY event_count DESC, org_id, ticket_id LIMIT 1) AS busiest"
        ).row(0, named=True)
        cached = seconds(lambda: ledger.sql(STATUS), rounds)
        folded = seconds(lambda: ledger.sql(STATUS, known_at=LATE), 1)
        one = {"id": counts["busiest"]}
        row = seconds(lambda: ledger.sql("FROM tickets WHERE ticket_id = $id", one), rounds)
        versions = seconds(
            lambda: ledger.sql("FROM ticket_history WHERE ticket_id = $id", one), rounds
        )
    rows = [
        ("ticket events; tickets", f"{counts['events']:,}; {counts['tickets']:,}"),
        ("tickets by status: fold of the log", f"{folded:.2f} s"),
        ("tickets by status: cache", f"{cached:.3f} s, {folded / cached:.0f}x as fast"),
        ("one ticket's row", f"{row:.3f} s"),
        ("one ticket's history", f"{versions:.3f} s, {versions / row:.2f}x"),
        ("rebuild of the cache", f"{rebuild:.1f} s, {peak_mib:.0f} MiB at most (ingest included)"),
        ("refresh after 10,000 lines", f"{follow:.2f} s, {100 * follow / rebuild:.1f} %"),
        (
            "versions per event that changed something",
            f"{counts['versions'] / (counts['changes'] + counts['tickets']):.2f}",
        ),
    ]
    click.echo("| what | seen |\n| --- | --- |")
    for name, value in rows:
        click.echo(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
