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
from unittest.mock import patch

import pyarrow as pa
from pyspark.errors import ParseException
from pyspark.sql import SparkSession

from ticketledger import spark
from ticketledger.queries.statement import statements
from ticketledger.spark.folds import VIEWS
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
    portable = sum(reads_as_it_is(running, each.sql) for each in statements("reports").values())
    kept = running.sparkContext._jsc.sc().getPersistentRDDs().size()
    running.stop()
    divided = sum(large[0]["parts"].to_pylist())
    print(sum(came), len(killed), portable, kept, divided)  # noqa: T201


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
