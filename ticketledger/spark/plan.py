"""The plan: which rows go where, and what is made of them there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import pyarrow as pa

from ticketledger.models.errors import BadParameter, MissingExtra
from ticketledger.models.place import located
from ticketledger.models.store import open_store
from ticketledger.queries.settings import FilePath, Settings

from . import tasks
from .groups import met
from .packets import unpacked
from .splits import Split, splits
from .tasks import VIEWS, Question

try:
    from pyspark import StorageLevel
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql import functions as sf
    from pyspark.sql.pandas.types import from_arrow_schema
except ImportError:
    raise MissingExtra("views on a Spark cluster", "spark") from None

_PART_BYTES: Final = 16 << 20
"""So much of the ledger makes a part, about 100,000 events, unless the caller says how many."""

OverSplits = Callable[[Iterable[Split]], Iterator[pa.RecordBatch]]


class Views(dict[str, DataFrame]):
    """DataFrames by the names of their views; `close` gives back what they keep on disks."""

    _kept: list[DataFrame]

    def close(self) -> None:
        """Forget the events that were moved, and the rows that were made of them."""
        for frame in self._kept:
            frame.unpersist()


def views(
    spark: SparkSession,
    path: str | os.PathLike[str],
    *,
    names: Sequence[str] = VIEWS,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    calendar: FilePath | None = None,
    statuses: FilePath | None = None,
    parts: int | None = None,
    memory: str = "1GB",
) -> Views:
    """Return views of a ledger as DataFrames, each a temporary view of its name as well.

    They show the commits that there are now, and have the rows that one machine has, in no order.
    Where things are and how senders report is found out at once; events are moved, and folded, when
    rows are asked for, once for all views. What an executor loses is made again.

    Args:
        spark: a session; its executors have this version of ticketledger and DuckDB installed.
        path: of the ledger: a URL, or a folder that driver and executors see.
        names: of `VIEWS`.
        as_of: only events at or before this instant exist; None: all.
        known_at: only commits at or before this instant exist; None: all.
        calendar: a TOML file of opening hours; None: always open.
        statuses: a TOML file of classes of statuses; None: the defaults.
        parts: into how many parts tickets, chats and messages are divided; None: one for every
            16 MB of the ledger (about 100,000 events), and at least one for each core.
        memory: what DuckDB may use in one task before it spills to the executor's disk.

    Raises:
        BadParameter: no such view.
        BadSettings: a file cannot be used.
        LedgerMissing: nothing was ingested here yet.
        LedgerTooNew, LedgerDamaged, LedgerUnreachable: from the ledger.
    """
    for name in names:
        if name not in VIEWS:
            raise BadParameter(f"no view `{name}` on Spark", hint=f"there are {', '.join(VIEWS)}")
    if parts is not None and parts < 1:
        raise BadParameter(f"{parts} is no number of parts", hint="at least 1")
    question = Question(as_of, known_at, Settings.read(calendar, None, statuses), memory)
    plan = _Plan(spark, question, splits(open_store(located(path))), parts)
    made = plan.views(names)
    for name, frame in made.items():
        frame.createOrReplaceTempView(name)
    return made


class _Plan:
    """What the views of one call have in common."""

    def __init__(
        self, spark: SparkSession, question: Question, given: list[Split], parts: int | None
    ) -> None:
        self._spark = spark
        self._question = question
        self._splits = given
        size = sum(split.size_bytes for split in given)
        self._parts = parts or max(size // _PART_BYTES, spark.sparkContext.defaultParallelism)

    def views(self, names: Sequence[str]) -> Views:
        """Return the views."""
        made = Views()
        folded = [name for name in names if name != "events"]
        made._kept = self._folded(folded) if folded else []
        for name in names:
            schema = tasks.view_schema(self._question, name)
            if name == "events":
                made[name] = self._over_splits(partial(tasks.read, self._question, name), schema)
                continue
            rows = made._kept[-1].where(sf.col("view") == name).select("packet")
            made[name] = rows.mapInArrow(partial(tasks.unpack, schema), from_arrow_schema(schema))
        return made

    def _folded(self, names: Sequence[str]) -> list[DataFrame]:
        """Return the events by parts, and packets of the views' rows; both stay on disk."""
        routed = self._over_splits(
            partial(tasks.route, self._question, self._groups(), self._parts), tasks.BY_PART
        )
        routed = routed.repartitionById(self._parts, sf.col("part")).select("packet")
        routed.persist(StorageLevel.DISK_ONLY)
        by_view = from_arrow_schema(tasks.BY_VIEW)
        habits = routed.mapInArrow(partial(tasks.habits, self._question), by_view).toArrow()
        last = self._over_splits(partial(tasks.last_events, self._question), tasks.LAST).toArrow()
        summed = [pa.Table.from_batches([rows]) for rows in unpacked(habits["packet"])]
        learned = tasks.learn(self._question, summed, last)
        fold = partial(tasks.fold, self._question, learned, names)
        folded = routed.mapInArrow(fold, by_view)
        folded.persist(StorageLevel.DISK_ONLY)
        return [routed, folded]

    def _groups(self) -> pa.Table:
        """Return the groups of what is not simply where its chat is."""
        told = self._over_splits(partial(tasks.places, self._question), tasks.TOLD_PLACES)
        seen = told.groupBy("org_id", "thing").agg(sf.collect_set("place").alias("places"))
        is_simple = (sf.size("places") == 1) & sf.col("places")[0].startswith("chat ")
        rows = seen.where(~is_simple).toArrow().to_pylist()
        return met((row["org_id"], row["thing"], row["places"]) for row in rows)

    def _over_splits(self, task: OverSplits, schema: pa.Schema) -> DataFrame:
        """Return what a task tells of every split; each is one of Spark's partitions."""
        count = len(self._splits)
        numbers = self._spark.range(0, count, 1, max(count, 1))
        return numbers.mapInArrow(partial(_of, task, self._splits), from_arrow_schema(schema))


def _of(
    task: OverSplits, given: Sequence[Split], batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    return task(given[number.as_py()] for batch in batches for number in batch.column("id"))
