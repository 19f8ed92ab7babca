"""How long the backlog of every day of three years takes, against a spine of tickets and days.

    python -m bench.backlog [--tickets 200000] [--rounds 3]

A seeded ledger of tickets that are created, worked on, closed, some of them reopened. The report
counts moves and sums them up; the spines have a row per ticket and day, as packages for warehouses
build it: one of the days on which a ticket is unresolved, one of all days since it was created.
All answer the same number per day, which is checked; they take turns. Each is asked as who asks
once does, in a new session, and as a page or a notebook does, in one that is open.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import click
import duckdb
import pyarrow as pa

import ticketledger
from ticketledger.models.store import open_store
from ticketledger.queries.run import opened_report
from ticketledger.queries.session import session

REPORT = "`report backlog_over_time`"
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
        given = {"as_of": START + timedelta(days=DAYS)}
        anew: dict[str, Callable[[], pa.Table]] = {
            REPORT: partial(ledger.report, "backlog_over_time", given, to="arrow"),
            **{name: partial(ledger.sql, sql, given, to="arrow") for name, sql in SPINES.items()},
        }
        with ExitStack() as stack:
            store = open_store(ledger.root)
            asked = opened_report(store, "backlog_over_time", given)
            con, report, values = stack.enter_context(asked)
            opened: dict[str, Callable[[], pa.Table]] = {}
            opened[REPORT] = partial(_answer, con, report.sql, values)
            for name, sql in SPINES.items():
                con = stack.enter_context(session(store, sql, as_of=given["as_of"]))
                opened[name] = partial(_answer, con, sql, given)
            took = _timed({"a new session": anew, "an open one": opened}, rounds)
        click.echo(f"{tickets:,} tickets, {DAYS:,} days, median of {rounds}\n")
        click.echo("| backlog of every day | " + " | ".join(f"{k}, s | x" for k in took) + " |")
        click.echo("| --- " * (1 + 2 * len(took)) + "|")
        for name in anew:
            cells = [
                f"{median(times[name]):.3f} | {median(times[name]) / median(times[REPORT]):.1f}"
                for times in took.values()
            ]
            click.echo(f"| {name} | " + " | ".join(cells) + " |")


def _answer(con: duckdb.DuckDBPyConnection, sql: str, given: dict[str, Any]) -> pa.Table:
    return con.sql(sql, params=given).to_arrow_table()


def _timed(
    ways: dict[str, dict[str, Callable[[], pa.Table]]], rounds: int
) -> dict[str, dict[str, list[float]]]:
    """Return the seconds of each question by way and name; they must agree."""
    took = {way: {name: list[float]() for name in ask} for way, ask in ways.items()}
    counts = set()
    for _ in range(rounds):
        for way, ask in ways.items():
            for name, call in ask.items():
                begun = perf_counter()
                answer = call()
                took[way][name].append(perf_counter() - begun)
                column = "closing" if "closing" in answer.column_names else "tickets"
                counts.add(tuple(answer[column].to_pylist()[:DAYS]))
    assert len(counts) == 1, "they do not agree"
    return took


if __name__ == "__main__":
    main()
