"""Load, views, marts and reports of a large export: on a cluster, and on one machine, row for row.

    python -m bench.generate 1000000 --seed 7 | head -600000 > all && split -n l/8 all exports/part-
    python -m bench.cluster exports/part-*

The cluster has two executors of one core each, on this machine; one is killed while it loads, and
one while it folds. Every view and every mart is compared as a whole: number of rows and a sum of
128-bit hashes of them; reports as they are. Hours and promises are those of `data/`. Needs the
extra `spark` and Java.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

import click
import duckdb
from pyspark.sql import DataFrame, SparkSession

import ticketledger
from tests.conftest import ROOT
from tests.spark.cluster import kill_one, session
from ticketledger import spark
from ticketledger.models.store import open_store
from ticketledger.queries.session import session as opened
from ticketledger.queries.statement import statements
from ticketledger.spark import VIEWS

T = TypeVar("T")

SETTINGS: dict[str, Any] = {
    "sla": ROOT / "data" / "promises.toml",
    "calendar": ROOT / "data" / "hours.toml",
}
REPORTS = [name for name, told in statements("reports").items() if not told.tells_of_loading]


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = perf_counter()
    done = work()
    return perf_counter() - began, done


def _written(frames: Mapping[str, DataFrame], folder: Path) -> None:
    for name, frame in frames.items():
        frame.write.parquet(str(folder / name))


def _digest(con: duckdb.DuckDBPyConnection, view: str) -> tuple[object, ...]:
    sql = statements("derived")["content"].sql.replace("{view}", view)
    return tuple(con.sql(sql).fetchall()[0])


def _compared(con: duckdb.DuckDBPyConnection, expected: str, folder: Path) -> tuple[int, bool]:
    """Return how many rows are expected, and whether Spark wrote these.

    Args:
        con: sees what is expected.
        expected: SQL.
        folder: what Spark wrote; its types are Spark's own.
    """
    con.execute("SET VARIABLE spark_files = $files", {"files": f"{folder}/*.parquet"})
    types = con.sql(f"DESCRIBE {expected}").fetchall()
    columns = ", ".join(f'CAST("{column}" AS {told}) AS "{column}"' for column, told, *_ in types)
    there = f"SELECT {columns} FROM read_parquet(getvariable('spark_files'))"
    con.execute(f"CREATE OR REPLACE TEMP VIEW here AS {expected}")
    con.execute(f"CREATE OR REPLACE TEMP VIEW there AS {there}")
    here = _digest(con, "here")
    return int(str(here[0])), here == _digest(con, "there")


def _killer(running: SparkSession, killed: list[int]) -> threading.Thread:
    return threading.Thread(target=kill_one, args=(running, killed), daemon=True)


@click.command()
@click.argument("exports", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("--parts", type=int, help="Parts of the ledger; default: by its size.")
def main(exports: tuple[str, ...], parts: int | None) -> None:
    """Load, fold, compare, and print tables in Markdown."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        running = session(folder / "spark")
        one = ticketledger.open(folder / "one")
        killed: list[list[int]] = [[], []]
        times: dict[str, list[float]] = {}
        here, loaded = _timed(lambda: one.ingest(exports, refresh=False))
        _killer(running, killed[0]).start()
        there, made = _timed(lambda: spark.ingest(running, folder / "other", exports))
        times["load"] = [here, there]
        found = {"counts of the load": (loaded.accepted, made.sources == loaded.sources)}

        here, _ = _timed(one.refresh)
        frames = spark.views(running, folder / "other", parts=parts)
        _killer(running, killed[1]).start()
        there, _ = _timed(lambda: _written(frames, folder / "views"))
        times["views"] = [here, there]
        frames.close()
        with opened(open_store(folder / "one")) as con:
            for name in VIEWS:
                shown = "* EXCLUDE (batch, loaded_at)" if name == "events" else "*"
                sql = f"SELECT {shown} FROM {name}"
                found[name] = _compared(con, sql, folder / "views" / name)

        here, _ = _timed(lambda: one.publish(folder / "marts", **SETTINGS))
        feed = str(folder / "feed")
        there, _ = _timed(
            lambda: spark.publish(running, folder / "other", feed, parts=parts, **SETTINGS)
        )
        times["marts"] = [here, there]
        here, mine = _timed(
            lambda: {name: one.report(name, to="arrow", **SETTINGS) for name in REPORTS}
        )
        there, told = _timed(
            lambda: spark.reports(running, folder / "other", REPORTS, parts=parts, **SETTINGS)
        )
        times[f"{len(REPORTS)} reports"] = [here, there]
        found |= {
            f"report {name}": (len(mine[name]), mine[name].equals(told[name])) for name in told
        }
        running.stop()
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            for path in sorted((folder / "marts").glob("*.parquet")):
                sql = f"FROM read_parquet('{path}')"
                found[f"mart {path.stem}"] = _compared(con, sql, folder / "feed" / path.stem)
    click.echo("| what | rows | equal |\n| --- | --- | --- |")
    for name, (count, is_equal) in found.items():
        click.echo(f"| {name} | {count:,} | {'yes' if is_equal else '**no**'} |")
    click.echo("\n| what | one machine, s | cluster, s |\n| --- | --- | --- |")
    for name, (here, there) in times.items():
        click.echo(f"| {name} | {here:.1f} | {there:.1f} |")
    click.echo(f"\nexecutors killed: {sum(map(len, killed))}")


if __name__ == "__main__":
    main()
