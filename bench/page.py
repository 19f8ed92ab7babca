"""What the page of charts costs, and where its time goes.

    python -m bench.page export.jsonl

The command line makes the page in a process of its own, so that its peak memory is seen, and again
from the numbers that were kept; the steps are then timed in this process, one after the other, in
another zone, of which none are kept. `serve` pays "open" once per load, and one period per
question.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import perf_counter

import click

import ticketledger
from ticketledger.models.store import open_store
from ticketledger.queries import Settings
from ticketledger.queries.chart import drawing
from ticketledger.queries.figures import figures
from ticketledger.queries.periods import PERIODS

from .command import run

PROMISES = Path(__file__).parents[1] / "data" / "promises.toml"


def steps(root: Path) -> list[tuple[str, float]]:
    """Return the seconds of each step."""
    found = []
    began = perf_counter()
    settings = Settings.read(None, PROMISES, None)
    with figures(open_store(root), timezone="Asia/Kolkata", settings=settings) as asked:
        asked.con.sql("SELECT 1").fetchall()  # else it is opened by the first question
        found.append(("open a session", perf_counter() - began))
        for period in PERIODS:
            began = perf_counter()
            asked.of(period)
            found.append((f"figures of `{period}`", perf_counter() - began))
    began = perf_counter()
    drawing().javascript_bundle()
    return [*found, ("bundle the JavaScript", perf_counter() - began)]


@click.command()
@click.argument("export", type=click.Path(exists=True, path_type=Path))
def main(export: Path) -> None:
    """Load EXPORT into a new ledger and print a Markdown table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(folder / "ledger", "ingest", str(export))
        ledger = ticketledger.open(folder / "ledger")
        page = folder / "page.html"
        asked = ("dashboard", "-o", str(page), "--sla", str(PROMISES))
        taken = [run(ledger.root, *asked) for _ in range(2)]
        tickets = ledger.sql("SELECT count(*) AS n FROM tickets_all").item()
        messages = ledger.sql("SELECT count(*) AS n FROM messages").item()
        size = page.stat().st_size / 1e6
        click.echo(f"{tickets:,} tickets, {messages:,} messages, a page of {size:.2f} MB\n")
        click.echo("| what | seconds | peak MiB |")
        click.echo("| --- | --- | --- |")
        for each, which in zip(taken, ("first", "again"), strict=True):
            told = f"{each.seconds:.1f} | {each.peak_mib:.0f}"
            click.echo(f"| `ticketledger dashboard`, {which} | {told} |")
        for what, took in steps(ledger.root):
            click.echo(f"| {what} | {took:.1f} | |")


if __name__ == "__main__":
    main()
