"""How long each report takes, from the cache, against the count of tickets by status.

    python -m bench.reports export.jsonl [--rounds 3]

Every question is asked on a connection of its own, those on promises with `data/promises.toml`.
"First" is one question of a ledger of which no answer is kept, "again" the median of several that
follow.
"""

from __future__ import annotations

import shutil
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
        click.echo("| question | first | again | x |\n| --- | --- | --- | --- |")
        base = seconds(partial(ledger.sql, STATUS, to="arrow"), rounds)
        click.echo(f"| tickets by status | | {base:.2f} | 1 |")
        for name in statements("reports"):
            for kept in (ledger.root / "derived").glob("*.*.*"):
                shutil.rmtree(kept)
            ask = partial(ledger.report, name, to="arrow", sla=PROMISES)
            first, again = seconds(ask, 1), seconds(ask, rounds)
            click.echo(f"| `{name}` | {first:.2f} | {again:.2f} | {again / base:.0f} |")


if __name__ == "__main__":
    main()
