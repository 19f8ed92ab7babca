"""What compaction saves: one ticket's events, before and after, and what the merge costs.

    python -m bench.compaction export.jsonl [--commits 60] [--rounds 5]

The export (`bench.generate`) is loaded in so many commits. Every question is asked on a connection
of its own; figures are medians, ratios come from one run. The command line merges, in a process of
its own, so that its peak memory is seen.
"""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path

import click

import ticketledger
from ticketledger.models.store import open_store

from .command import run
from .folding import seconds

ONE = "FROM events WHERE org_id = $org_id AND ticket_id = $ticket_id"
BUSIEST = (
    "SELECT org_id, ticket_id FROM events WHERE ticket_id IS NOT NULL GROUP BY ALL"
    " ORDER BY count(*) DESC, org_id, ticket_id LIMIT 1"
)


def load(root: Path, export: Path, folder: Path, commits: int) -> None:
    """Load the lines of an export, in as many equal pieces as there shall be commits."""
    with export.open("rb") as source:
        whole = sum(1 for _ in source)
        source.seek(0)
        piece = folder / "piece.jsonl"
        for _ in range(commits):
            with piece.open("wb") as sink:
                sink.writelines(islice(source, -(-whole // commits)))
            run(root, "ingest", str(piece), "--no-refresh")


def merge(root: Path) -> tuple[float, float]:
    """Merge everything; returns seconds, and the peak of memory in MiB."""
    taken = run(root, "compact", "--all", "--grace", "0")
    return taken.seconds, taken.peak_mib


def measure(ledger: ticketledger.Ledger, rounds: int) -> tuple[int, float, float]:
    """Return the number of files, their MB, and the time of one ticket's events."""
    files = open_store(ledger.root).covering()
    busiest = ledger.sql(BUSIEST).row(0, named=True)
    took = seconds(lambda: ledger.sql(ONE, busiest, to="arrow"), rounds)
    return len(files), sum(file.path.stat().st_size for file in files) / 1e6, took


@click.command()
@click.argument("export", type=click.Path(exists=True, path_type=Path))
@click.option("--commits", default=60, show_default=True)
@click.option("--rounds", default=5, show_default=True)
def main(export: Path, commits: int, rounds: int) -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory() as made:
        ledger = ticketledger.open(Path(made) / "ledger")
        load(ledger.root, export, Path(made), commits)
        events = ledger.sql("SELECT count(*) FROM events").item()
        before = measure(ledger, rounds)
        took, peak = merge(ledger.root)
        after = measure(ledger, rounds)
    click.echo(f"{events:,} events\n\n| what | before | after | ratio |\n| --- | --- | --- | --- |")
    click.echo(f"| files | {before[0]} | {after[0]} | |")
    click.echo(f"| MB | {before[1]:.1f} | {after[1]:.1f} | {after[1] / before[1]:.2f} |")
    click.echo(
        f"| one ticket's events, s | {before[2]:.3f} | {after[2]:.3f}"
        f" | {before[2] / after[2]:.1f}x as fast |"
    )
    click.echo(f"| the merge | | {took:.1f} s, {peak:.0f} MiB at most | |")


if __name__ == "__main__":
    main()
