"""A load whose sources are read by a cluster; the driver commits what its tasks make of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from functools import partial
from itertools import accumulate, islice
from pathlib import Path

from pyspark import StorageLevel
from pyspark.sql import DataFrame, Row, SparkSession, Window
from pyspark.sql import functions as sf
from pyspark.sql.pandas.types import from_arrow_schema

import ticketledger
from ticketledger import __version__
from ticketledger.ingest.explain import Limits
from ticketledger.ingest.load import Cut, Outcome, Progress, Request, Tell
from ticketledger.ingest.load import ingest as load
from ticketledger.ingest.sources import STDIN, Source, find
from ticketledger.models.errors import BadParameter, UnreadableInput
from ticketledger.models.instants import on_clock
from ticketledger.models.store import Store, open_store

from .duplicates import (
    CHANGED,
    FIRST,
    IDS,
    SPANS,
    STORED,
    ids,
    joined,
    spans,
    stored_ids,
    stored_in,
    without,
)
from .frames import over
from .packets import PACKETS
from .reading import Group, commits, grouped, take, taken
from .sessions import check_session

_GROUPS_A_CORE = 4
"""So many are read before the driver commits them, while the next are read."""


_ROWS = 1 << 33
"""Spark numbers rows by their partition, and inside it by less than this."""


def ingest(
    spark: SparkSession,
    path: str | os.PathLike[str],
    paths: Iterable[str | os.PathLike[str]] | str | os.PathLike[str],
    *,
    observed_at: datetime | None = None,
    limits: Limits | None = None,
    memory: str = "512MB",
    refresh: bool = False,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> Outcome:
    """Load files, folders, patterns or URLs; the ledger holds what one machine would make of it.

    Each source is read by one task, small neighbours by one together: compressed or not, a stream
    is read from its start. Rows go to the driver by way of the executors' disks, a packet of at
    most 32 MiB at a time. A task that fails (a source vanished, an executor does not see it) ends
    the load with what Spark says of it; commits made so far stay, and running it again goes on.

    Args:
        spark: as for `views`.
        path: of the ledger: a URL, or a folder; only the driver writes to it.
        paths: one or many, that driver and executors see.
        observed_at: when bare objects (Ticket Info, REST lists) were read from the vendor.
        limits: what one record may cost; None: the defaults.
        memory: what DuckDB may use in one task.
        refresh: let the driver bring the cache up to date, which folds what the load touched; views
            on a cluster do not read it.
        progress: told after each commit how far the run is.

    Raises:
        BadParameter: no session, or a stopped one; standard input cannot be read by a cluster; no
            amount of memory.
        UnreadableInput: a path is missing or cannot be read; nothing is loaded then.
        LedgerUnwritable, LedgerTooNew, LedgerDamaged, LedgerUnreachable: from the ledger.
    """
    check_session(spark)
    given = [paths] if isinstance(paths, str | os.PathLike) else paths
    texts = [os.fspath(each) for each in given]
    if STDIN in texts:
        raise BadParameter("standard input cannot be read by a cluster", hint="name files")
    request = Request(
        find(texts),
        __version__,
        on_clock(observed_at),
        limits or Limits(),
        memory,
        progress=progress,
    )
    ledger = ticketledger.open(path)
    outcome = load(ledger.root, request, partial(_read, spark, ledger.root))
    if refresh:
        ledger.refresh()
    return outcome


def _read(
    spark: SparkSession, root: Path, sources: Sequence[Source], request: Request, tell: Tell
) -> Generator[Cut, None, None]:
    """Yield what goes into one commit each, read by the cluster."""
    groups = iter(grouped(sources))
    width = _GROUPS_A_CORE * spark.sparkContext.defaultParallelism
    waves = iter(lambda: list(islice(groups, width)), [])
    size = lines = 0
    store = open_store(root)
    with closing(_packets(spark, store, waves, request)) as packets:
        for parts, batch in commits(taken(packets)):
            yield parts, batch
            size += sum(part.size_bytes or 0 for part in parts)
            lines += sum(part.lines for part in parts)
            tell(size, lines)


def _packets(
    spark: SparkSession, store: Store, waves: Iterator[list[Group]], request: Request
) -> Generator[tuple[str, bytes], None, None]:
    """Yield the packets of all groups in order; the next wave is read while one is handed over."""

    def begun(wave: list[Group]) -> tuple[DataFrame, DataFrame]:
        frame = _wave(spark, wave, request)
        try:
            return frame, _one_by_one(spark, store, frame)
        except BaseException:
            frame.unpersist()  # nobody else could
            raise

    with ThreadPoolExecutor(1, "wave") as reading:
        first = next(waves, None)
        ahead = reading.submit(begun, first) if first else None
        try:
            while ahead:
                frame, made = ahead.result()
                following = next(waves, None)
                ahead = reading.submit(begun, following) if following else None
                try:
                    # of the DataFrame itself, Spark would keep every row until it ends
                    rows = made.rdd.toLocalIterator(prefetchPartitions=True)
                    for number, row in enumerate(rows):
                        if row["part"] != number or row["name"] == CHANGED:  # lost, and read again
                            raise UnreadableInput("a source changed while it was read")
                        yield row["name"], bytes(row["packet"])
                finally:
                    frame.unpersist()
        finally:
            if ahead and not ahead.cancel() and not ahead.exception():
                ahead.result()[0].unpersist()


def _wave(spark: SparkSession, wave: list[Group], request: Request) -> DataFrame:
    """Return the packets of some groups, a partition each, kept on the executors' disks."""
    task = partial(take, request.limits, request.observed_at, request.memory)
    return over(spark, wave, task, PACKETS).persist(StorageLevel.DISK_ONLY)


def _one_by_one(spark: SparkSession, store: Store, frame: DataFrame) -> DataFrame:
    """Return packets in their order, each a partition, without duplicates that are known now."""
    task = sf.spark_partition_id()
    ends = frame.mapInArrow(spans, from_arrow_schema(SPANS)).groupBy(task.alias("task"))
    found = [sf.count(sf.lit(1)).alias("packets"), sf.min("since"), sf.max("until")]
    told = {row["task"]: row for row in ends.agg(*found).collect()}
    counts = [told[each]["packets"] if each in told else 0 for each in range(max(told, default=0))]
    number = (
        sf.get(sf.lit([0, *accumulate(counts)]), task) + sf.monotonically_increasing_id() % _ROWS
    )
    numbered = frame.select(
        "name",
        "packet",
        task.alias("task"),
        sf.col("part").alias("cut"),
        number.cast("int").alias("part"),
    )
    known = _known(spark, store, numbered, told.values())
    last = sum(row["packets"] for row in told.values())
    packets = numbered.select("name", "part", "packet")
    if known is not None:
        packets = packets.unionByName(known, allowMissingColumns=True)
    moved = packets.repartitionById(max(last, 1), sf.col("part"))
    return moved if known is None else moved.mapInArrow(without, from_arrow_schema(PACKETS))


def _known(
    spark: SparkSession, store: Store, numbered: DataFrame, told: Iterable[Row]
) -> DataFrame | None:
    """Return which rows of which packets are duplicates; None when there are no events.

    Only ids are moved: those of the packets, and those that the ledger has of the same time.
    """
    span = joined((row["min(since)"], row["max(until)"]) for row in told)
    if span is None:
        return None
    stored = over(spark, stored_in(store, span), partial(stored_ids, span), IDS)
    given = numbered.mapInArrow(ids, from_arrow_schema(IDS)).union(stored)
    of_one = Window.partitionBy("event_id").orderBy(*FIRST)
    read = given.withColumn("place", sf.row_number().over(of_one)).where(sf.col("task") != STORED)
    return read.groupBy("part").agg(
        sf.collect_list(sf.when(sf.col("place") > 1, sf.col("row"))).alias("rows"),
        sf.collect_set("print").alias("prints"),
    )
