"""How long the backlog of every day of three years takes, against a spine of tickets and days.

    python -m bench.backlog [--tickets 200000] [--rounds 3]

A seeded ledger of tickets that are created, worked on, closed, some of them reopened. The report
counts moves and sums them up; the spines have a row per ticket and day, as packages for warehouses
build it: one of the days on which a ticket is unresolved, one of all days since it was created.
All answer the same number per day, which is checked; they take turns.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import click
import pyarrow as pa

import ticketledger

DAYS = 3 * 365
START = datetime(2023, 1, 1, tzinfo=UTC)
ENDS = "SELECT unnest(generate_series(TIMESTAMPTZ '2023-01-02', $as_of, INTERVAL 1 DAY)) AS ends_at"
COUNTED = "SELECT ends_at, count(*) FILTER (is_active) AS tickets FROM spine GROUP BY 1 ORDER BY 1"
SPINES = {
    "spine of unresolved days": f"""
        WITH ends AS ({ENDS}),
        spine AS (
            SELECT e.ends_at, m.ticket_id, true AS is_active
            FROM ends AS e
            JOIN ticket_history AS m
                ON status_class(m.status) = 'active'
                AND m.valid_from < e.ends_at
                AND coalesce(m.valid_to, 'infinity'::TIMESTAMPTZ) >= e.ends_at
        )
        {COUNTED}""",
    "spine of all days": f"""
        WITH ends AS ({ENDS}),
        spine AS (
            SELECT e.ends_at, m.ticket_id, status_class(m.status) = 'active' AS is_active
            FROM ends AS e
            JOIN ticket_history AS m
                ON m.valid_from < e.ends_at
                AND coalesce(m.valid_to, 'infinity'::TIMESTAMPTZ) >= e.ends_at
        )
        {COUNTED}""",
}


def write_export(path: Path, tickets: int, seed: int) -> None:
    """Write the events of the tickets' lives."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8") as sink:
        for number in range(tickets):
            at = START + timedelta(days=chance.random() * DAYS)
            steps = ["open", "inprogress", "closed"]
            if chance.random() < 0.15:
                steps += ["open", "closed"]
            former = None
            for status in steps:
                data = {"ticket_id": f"T-{number}", "status": status, "priority": number % 5}
                envelope = {
                    "event": "ticket.updated" if former else "ticket.created",
                    "org_id": "o",
                    "timestamp": at.isoformat(timespec="milliseconds"),
                    "data": data,
                }
                if former:
                    envelope["previous_attributes"] = {"status": former}
                sink.write(json.dumps(envelope) + "\n")
                former = status
                at += timedelta(days=chance.expovariate(1 / 4))
                if at > START + timedelta(days=DAYS):
                    break


@click.command()
@click.option("--tickets", default=200_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--seed", default=3, show_default=True)
def main(tickets: int, rounds: int, seed: int) -> None:
    """Make a ledger and print a Markdown table."""
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "export.jsonl"
        write_export(export, tickets, seed)
        ledger = ticketledger.open(Path(folder) / "ledger")
        ledger.ingest([export])
        as_of = START + timedelta(days=DAYS)
        ask: dict[str, Callable[[], pa.Table]] = {
            "`report backlog_over_time`": partial(
                ledger.report, "backlog_over_time", {"as_of": as_of}, to="arrow"
            ),
            **{
                name: partial(ledger.sql, query, {"as_of": as_of}, to="arrow")
                for name, query in SPINES.items()
            },
        }
        took: dict[str, list[float]] = {name: [] for name in ask}
        counts = {}
        for _ in range(rounds):
            for name, call in ask.items():
                begun = perf_counter()
                answer = call()
                took[name].append(perf_counter() - begun)
                column = "closing" if "closing" in answer.column_names else "tickets"
                counts[name] = answer[column].to_pylist()[:DAYS]
        assert len({tuple(each) for each in counts.values()}) == 1, "they do not agree"
        base = median(took["`report backlog_over_time`"])
        click.echo(f"{tickets:,} tickets, {DAYS:,} days, median of {rounds}\n")
        click.echo("| backlog of every day | seconds | x |\n| --- | --- | --- |")
        for name, seconds in took.items():
            click.echo(f"| {name} | {median(seconds):.2f} | {median(seconds) / base:.1f} |")


if __name__ == "__main__":
    main()
