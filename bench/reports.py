"""How long each report takes, from the cache, against the count of tickets by status.

    python -m bench.reports export.jsonl [--rounds 3]

Every question is asked on a connection of its own, those on promises with `data/promises.toml`;
figures are medians of one run.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import click

import ticketledger
from ticketledger.queries import statements

from .folding import STATUS, seconds

PROMISES = Path(__file__).parents[1] / "data" / "promises.toml"


@click.command()
@click.argument("export", type=click.Path(exists=True, path_type=Path))
@click.option("--rounds", default=3, show_default=True)
def main(export: Path, rounds: int) -> None:
    """Load EXPORT into a new ledger and print a Markdown table."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = ticketledger.open(Path(folder) / "ledger")
        ledger.ingest([export])
        sizes = ledger.sql(
            "SELECT (SELECT count(*) FROM tickets_all), (SELECT count(*) FROM messages),"
            " (SELECT count(*) FROM events)"
        ).rows()[0]
        click.echo("{:,} tickets, {:,} messages, {:,} events\n".format(*sizes))
        click.echo("| question | seconds | x |\n| --- | --- | --- |")
        base = seconds(partial(ledger.sql, STATUS, to="arrow"), rounds)
        click.echo(f"| tickets by status | {base:.2f} | 1 |")
        for name in statements("reports"):
            taken = seconds(partial(ledger.report, name, to="arrow", sla=PROMISES), rounds)
            click.echo(f"| `{name}` | {taken:.2f} | {taken / base:.0f} |")


if __name__ == "__main__":
    main()
