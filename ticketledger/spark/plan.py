"""The plan: which rows go where, and what is made of them there."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, TypeVar

import pyarrow as pa

from ticketledger.models.errors import BadParameter, MissingExtra
from ticketledger.models.place import located
from ticketledger.models.store import open_store

from . import folds, tasks
from .folds import OF_ORGS, of_counted, of_marts, of_views
from .groups import met
from .packets import PACKETS, unpacked
from .question import Question
from .splits import Split, splits

try:
    from pyspark import StorageLevel
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql import functions as sf
    from pyspark.sql.pandas.types import from_arrow_schema
except ImportError:
    raise MissingExtra("ledgers on a Spark cluster", "spark") from None

_PART_BYTES: Final = 16 << 20
"""So much of the ledger makes a part, about 100,000 events, unless the caller says how many."""

Item = TypeVar("Item")
Task = Callable[[Iterable[Item]], Iterator[pa.RecordBatch]]


class Frames(dict[str, DataFrame]):
    """DataFrames by name; `close` gives back what they keep on disks.

    Spark keeps equal plans once: closing one of two equal calls makes the other work again.
    Temporary views stay, and work again, too.
    """

    _kept: Sequence[DataFrame] = ()

    def close(self) -> None:
        """Forget the events that were moved, and the rows that were made of them."""
        for frame in self._kept:
            frame.unpersist()


class Plan:
    """What the DataFrames of one call have in common."""

    def __init__(
        self,
        spark: SparkSession,
        question: Question,
        path: str | os.PathLike[str],
        parts: int | None,
    ) -> None:
        if parts is not None and parts < 1:
            raise BadParameter(f"{parts} is no number of parts", hint="at least 1")
        self._spark = spark
        self._question = question
        self._splits = splits(open_store(located(path)))
        size = sum(split.size_bytes for split in self._splits)
        self._parts = parts or max(size // _PART_BYTES, spark.sparkContext.defaultParallelism)

    def views(self, names: Sequence[str]) -> Frames:
        """Return views, only `events` without moving anything."""
        schemas = self._question.schemas(of_views(names))
        asked = of_views(name for name in names if name != "events")
        made = Frames()
        if asked:
            routed, learned = self._routed()
            answered = self._kept(routed, partial(folds.fold, self._question, learned, asked))
            made = self._unpacked(answered, {name: schemas[name] for name in asked})
            made._kept = (answered, routed)
        if "events" in schemas:
            task = partial(tasks.read, self._question, "events")
            made["events"] = self._over_splits(task, schemas["events"])
        return made

    def told(self, names: Sequence[str]) -> Generator[tuple[str, pa.RecordBatch], None, None]:
        """Yield the rows of views by name, as they come, after those of `asked_at`."""
        routed, learned = self._routed()
        answered = routed
        try:
            fold = partial(folds.fold, self._question, learned, of_views(names))
            answered = self._kept(routed, fold)
            for rows in learned["asked_at"].to_batches():
                yield "asked_at", rows
            answered.count()  # by all cores at once: what follows asks for one part at a time
            for row in answered.rdd.toLocalIterator():  # as in `loading`, not of the DataFrame
                for rows in unpacked([pa.scalar(bytes(row["packet"]))]):
                    yield row["name"], rows
        finally:
            for frame in (answered, routed):
                frame.unpersist()

    def marts(self) -> Frames:
        """Return every mart: those that count organisations in a second step."""
        schemas = self._question.schemas(of_marts() | of_counted())
        routed, learned = self._routed()
        answered = self._kept(
            routed, partial(folds.fold_marts, self._question, learned, self._parts)
        )
        moved = answered.where(sf.col("part").isNotNull())
        moved = moved.repartitionById(self._parts, sf.col("part"))
        orgs = self._kept(moved, partial(folds.fold_orgs, self._question, learned, schemas))
        own = of_marts().keys() - OF_ORGS.keys()
        made = self._unpacked(answered, {name: schemas[name] for name in sorted(own)})
        made.update(self._unpacked(orgs, {name: schemas[name] for name in OF_ORGS}))
        made._kept = (orgs, answered, routed)
        return made

    def _unpacked(self, answered: DataFrame, schemas: Mapping[str, pa.Schema]) -> Frames:
        made = Frames()
        for name, schema in schemas.items():
            rows = answered.where(sf.col("name") == name)
            made[name] = rows.mapInArrow(partial(folds.unpack, schema), from_arrow_schema(schema))
        return made

    def _routed(self) -> tuple[DataFrame, dict[str, pa.Table]]:
        """Return the events by parts, and what tells of the whole ledger."""
        route = partial(tasks.route, self._question, self._groups(), self._parts)
        routed = self._over_splits(route, PACKETS)
        routed = routed.repartitionById(self._parts, sf.col("part"))
        routed.persist(StorageLevel.DISK_ONLY)
        try:
            return routed, self._learned(routed)
        except BaseException:
            routed.unpersist()  # nobody else could
            raise

    def _learned(self, routed: DataFrame) -> dict[str, pa.Table]:
        habits = routed.mapInArrow(
            partial(folds.habits, self._question), from_arrow_schema(PACKETS)
        )
        last = self._over_splits(partial(tasks.last_events, self._question), tasks.LAST)
        summed = [pa.Table.from_batches([rows]) for rows in unpacked(habits.toArrow()["packet"])]
        return folds.learn(self._question, summed, last.toArrow())

    def _kept(
        self, moved: DataFrame, fold: Callable[[folds.Batches], Iterator[pa.RecordBatch]]
    ) -> DataFrame:
        return moved.mapInArrow(fold, from_arrow_schema(PACKETS)).persist(StorageLevel.DISK_ONLY)

    def _groups(self) -> pa.Table:
        """Return the groups of what is not simply where its chat is."""
        told = self._over_splits(partial(tasks.places, self._question), tasks.TOLD_PLACES)
        seen = told.groupBy("org_id", "thing").agg(sf.collect_set("place").alias("places"))
        is_simple = (sf.size("places") == 1) & sf.col("places")[0].startswith("chat ")
        rows = seen.where(~is_simple).toArrow().to_pylist()
        return met((row["org_id"], row["thing"], row["places"]) for row in rows)

    def _over_splits(self, task: Task[Split], schema: pa.Schema) -> DataFrame:
        return over(self._spark, self._splits, task, schema)


def over(
    spark: SparkSession, given: Sequence[Item], task: Task[Item], schema: pa.Schema
) -> DataFrame:
    """Return what a task tells of every item; each is one of Spark's partitions, in order."""
    count = len(given)
    numbers = spark.range(0, count, 1, max(count, 1))
    return numbers.mapInArrow(partial(_of, task, given), from_arrow_schema(schema))


def _of(
    task: Task[Item], given: Sequence[Item], batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    return task(given[number.as_py()] for batch in batches for number in batch["id"])
