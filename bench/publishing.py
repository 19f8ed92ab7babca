"""What a feed costs: the first publish, one after a small commit, and one with nothing to do.

    python -m bench.publishing export.jsonl [--memory 3GB]

Beside it a plain `COPY` of the same rows from tables of a DuckDB database to Parquet: the writing
alone, without folding, metrics, hashes or syncs. The command line publishes, in a process of its
own, so that its peak memory is seen. All in one run.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from time import perf_counter

import click
import duckdb

import ticketledger

from .command import run

PROMISES = Path(__file__).parents[1] / "data" / "promises.toml"
SMALL = {
    "event": "ticket.created",
    "org_id": "bench",
    "timestamp": "2020-01-01T00:00:00Z",
    "data": {"ticket_id": "BENCH-1", "status": "open", "chat_id": "bench"},
}


def publish(root: Path, feed: Path, memory: str) -> tuple[float, float, list[str]]:
    """Publish; returns seconds, the peak of memory in MiB, and the marts that changed."""
    words = ("publish", str(feed), "--json", "--memory", memory, "--sla", str(PROMISES))
    taken = run(root, *words)
    changed = [mart["mart"] for mart in json.loads(taken.said) if mart["is_changed"]]
    return taken.seconds, taken.peak_mib, changed


def copy(feed: Path, folder: Path) -> float:
    """Copy tables with the rows of the marts to Parquet; returns seconds."""
    with duckdb.connect(str(folder / "plain.duckdb")) as con:
        marts = sorted(path.stem for path in feed.glob("*.parquet"))
        for mart in marts:
            con.execute(f"CREATE TABLE {mart} AS FROM read_parquet('{feed / mart}.parquet')")
        con.execute("CHECKPOINT")
        began = perf_counter()
        for mart in marts:
            con.execute(f"COPY {mart} TO '{folder / mart}.parquet' (FORMAT parquet)")
        return perf_counter() - began


@click.command()
@click.argument("export", type=click.Path(exists=True, path_type=Path))
@click.option("--memory", default="3GB", show_default=True)
def main(export: Path, memory: str) -> None:
    """Load EXPORT into a new ledger and print a Markdown table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root = folder / "ledger"
        run(root, "ingest", str(export))
        feed = folder / "feed"
        rows = [("first publish", *publish(root, feed, memory))]
        size = sum(path.stat().st_size for path in feed.glob("*.parquet")) / 1e6
        (folder / "small.jsonl").write_text(json.dumps(SMALL))
        run(root, "ingest", str(folder / "small.jsonl"))
        rows.append(("after one event", *publish(root, feed, memory)))
        rows.append(("nothing new", *publish(root, feed, memory)))
        plain = copy(feed, folder)
        events = ticketledger.open(root).sql("SELECT count(*) AS n FROM events").item()
        click.echo(f"{events:,} events, {size:.1f} MB of marts\n")
        click.echo("| what | seconds | x | peak MiB | marts replaced |")
        click.echo("| --- | --- | --- | --- | --- |")
        click.echo(f"| plain COPY of the same rows | {plain:.2f} | 1 | | |")
        for what, seconds, peak, changed in rows:
            told = ", ".join(changed) if len(changed) < 11 else "all"
            ratio = seconds / plain
            click.echo(f"| {what} | {seconds:.2f} | {ratio:.1f} | {peak:.0f} | {told} |")


if __name__ == "__main__":
    main()
