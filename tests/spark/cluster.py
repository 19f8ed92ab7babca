"""Loads and asks a ledger on a cluster of two executors, one of which is killed while it answers.

python -m tests.spark.cluster LEDGER TARGET EXPORTS [--whole]: loads the exports into TARGET/ledger,
writes views of the other ledger as TARGET/NAME.arrow, two reports as TARGET/reports/NAME.arrow,
with `--whole` all views, and the marts of a feed into TARGET/feed, and prints how many rows came to
the driver of the load, how many executors were killed, how many reports Spark's SQL reads as they
are, how much Spark still keeps, and in how many parts giants were divided. (`bench.cluster` also
kills one that loads.)
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa
from pyspark.errors import ParseException
from pyspark.sql import SparkSession

from ticketledger import spark
from ticketledger.models.errors import LedgerError
from ticketledger.queries.statement import statements
from ticketledger.spark.folds import VIEWS
from ticketledger.spark.frames import Frames
from ticketledger.spark.giants import giants
from ticketledger.spark.reading import Told, taken

from .test_reports import FEW, FEW_VIEWS, PARAMS

_MARK = "TICKETLEDGER_CLUSTER"

QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For processes that end before it pays to compile their code well."""


def session(folder: Path, java_options: str = "") -> SparkSession:
    """Return a session whose executors are processes of their own."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ[_MARK] = str(os.getpid())  # by which `executors` knows its own
    builder = SparkSession.builder.master("local-cluster[2,1,1024]")
    for name, value in {
        "spark.driver.extraJavaOptions": java_options,
        "spark.executor.extraJavaOptions": java_options,
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(folder),
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.showConsoleProgress": "false",
        "spark.executorEnv.PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "spark.log.level": "ERROR",
    }.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def executors() -> list[int]:
    """Return the process ids of this cluster's executors."""
    mine = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        mark = f"{_MARK}={os.getpid()}".encode()
        if b"CoarseGrainedExecutorBackend" in command and mark in environment:
            mine.append(int(entry.name))
    return mine


def kill_one(running: SparkSession, killed: list[int]) -> None:
    """Kill an executor once tasks run."""
    tracker = running.sparkContext.statusTracker()
    while not killed:
        stages = [tracker.getStageInfo(each) for each in tracker.getActiveStageIds()]
        if any(stage and stage.numActiveTasks for stage in stages):
            found = executors()
            os.kill(found[0], signal.SIGKILL)
            killed.append(found[0])
        time.sleep(0.02)


def main(ledger: str, target: str, exports: str, *more: str) -> None:
    """Load, ask, and write the answers."""
    warnings.filterwarnings("ignore", category=FutureWarning)
    folder = Path(target)
    folder.mkdir()
    running = session(folder / "spark", QUICK_START)
    came: list[int] = []
    with patch("ticketledger.spark.loading.taken", partial(_counted, taken, came)):
        spark.ingest(running, folder / "ledger", exports)
    large: list[pa.Table] = []
    with (
        patch("ticketledger.spark.plan.GIANT_EVENTS", 130),  # the largest chat has a few more
        patch("ticketledger.spark.giants.PART_EVENTS", 80),
        patch("ticketledger.spark.plan.giants", partial(_noted, giants, large)),
    ):
        frames = spark.views(running, ledger, names=VIEWS if more else FEW_VIEWS, parts=2)
    killed: list[int] = []
    threading.Thread(target=kill_one, args=(running, killed), daemon=True).start()
    for name, frame in frames.items():
        _write(folder / f"{name}.arrow", frame.toArrow())
    frames.close()
    (folder / "reports").mkdir()
    told = spark.reports(running, ledger, FEW, PARAMS, parts=2, timezone="Asia/Kolkata")
    for name, rows in told.items():
        _write(folder / "reports" / f"{name}.arrow", rows)
    if more:
        spark.publish(running, ledger, str(folder / "feed"), parts=1, timezone="Europe/Berlin")
    publish_one(running, ledger, folder)
    portable = sum(reads_as_it_is(running, each.sql) for each in statements("reports").values())
    kept = running.sparkContext._jsc.sc().getPersistentRDDs().size()
    running.stop()
    frames.close()  # nothing is left of them
    refused(partial(spark.views, running, ledger), "the Spark session is stopped")
    refused(partial(spark.ingest, running, folder / "new", exports), "the Spark session is stopped")
    assert not (folder / "new").exists()
    divided = sum(large[0]["parts"].to_pylist())
    print(sum(came), len(killed), portable, kept, divided)  # noqa: T201


def publish_one(running: SparkSession, ledger: str, folder: Path) -> None:
    """Publish a view in the place of the marts, which take long, over what was there before."""

    def one(asked: SparkSession, path: str, **told: Any) -> Frames:
        return spark.views(asked, path, names=["tickets"], **told)

    running.conf.set("spark.sql.parquet.outputTimestampType", "INT96")  # as a user may have it
    running.conf.set("spark.sql.session.timeZone", "Asia/Kolkata")
    running.conf.set("fs.s3a.example", "a setting without an entry of its own")
    target = folder / "one"
    (target / "tickets").mkdir(parents=True)
    former, foreign = (target / "tickets" / name for name in ("part-0.parquet", "notes.txt"))
    former.write_text("of a former publish")
    with patch("ticketledger.spark.publishing.marts", one):
        spark.publish(running, ledger, target, parts=2)
        assert not former.exists()
        foreign.write_text("mine")
        refused(partial(spark.publish, running, ledger, target), "holds `tickets/notes.txt`")
        refused(partial(spark.publish, running, ledger, ledger), "is no feed that Spark wrote")
        nowhere: tuple[Any, ...] = ("", None)
        for target in nowhere:
            refused(partial(spark.publish, running, ledger, target), "names no folder")
        for place in (foreign, "/proc/feed", "s3://bucket/feed", "such:thing"):
            refused(partial(spark.publish, running, ledger, place), f"`{place}` cannot be")
    assert foreign.read_text() == "mine"
    foreign.unlink()
    assert running.conf.get("spark.sql.parquet.outputTimestampType") == "INT96"


def refused(ask: Callable[[], object], told: str) -> None:
    """Ask for something that is to be refused, in one line, with a hint."""
    try:
        ask()
    except LedgerError as exc:
        assert told in str(exc), exc
        assert "\n" not in str(exc), exc
        assert exc.hint, exc
    else:
        raise AssertionError(f"not refused: {told}")


def _noted(
    made: Callable[[Iterable[tuple[str, str, int]], int], pa.Table],
    large: list[pa.Table],
    sizes: Iterable[tuple[str, str, int]],
    parts: int,
) -> pa.Table:
    large.append(made(sizes, parts))
    return large[-1]


def _counted(
    whole: Callable[[Iterable[tuple[str, bytes]]], Iterator[Told]],
    came: list[int],
    packets: Iterable[tuple[str, bytes]],
) -> Iterator[Told]:
    for parts, rows in whole(packets):
        came.append(len(rows))
        yield parts, rows


def _write(path: Path, rows: pa.Table) -> None:
    with pa.ipc.new_file(str(path), rows.schema) as writer:
        writer.write_table(rows)


def reads_as_it_is(running: SparkSession, sql: str) -> bool:
    """Whether Spark's SQL has the words of a statement; whether it means the same is not asked."""
    try:
        running._jsparkSession.sessionState().sqlParser().parsePlan(sql)
    except ParseException:
        return False
    return True


if __name__ == "__main__":
    main(*sys.argv[1:])
