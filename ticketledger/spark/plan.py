"""The plan: which rows go where, and what is made of them there."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

import pyarrow as pa

from ticketledger.models.errors import BadParameter, MissingExtra
from ticketledger.models.mirrors import located
from ticketledger.models.store import open_store

from . import folds, tasks
from .asked import OF_ORGS, Asked, Batches, of_counted, of_marts, of_views
from .frames import Frames, Task, over
from .giants import GIANT_EVENTS, giants, join, joined_views, parts_of
from .groups import met
from .packets import PACKETS, unpacked
from .question import Question
from .sessions import check_session
from .splits import Split, splits

try:
    from pyspark import StorageLevel
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql import functions as sf
    from pyspark.sql.pandas.types import from_arrow_schema
except ImportError:
    raise MissingExtra("ledgers on a Spark cluster", "spark") from None

_MOST_PARTS: Final = 1_000_000
_PART_BYTES: Final = 16 << 20
"""So much of the ledger makes a part, about 100,000 events, unless the caller says how many."""


class _Routed(NamedTuple):
    """The events by parts, what tells of the whole ledger, and the groups that are divided."""

    events: DataFrame
    learned: dict[str, pa.Table]
    giants: pa.Table


class Plan:
    """What the DataFrames of one call have in common."""

    def __init__(
        self,
        spark: SparkSession,
        question: Question,
        path: str | os.PathLike[str],
        parts: int | None,
    ) -> None:
        if parts is not None and (type(parts) is not int or not 0 < parts <= _MOST_PARTS):
            raise BadParameter(f"{parts!r} is no number of parts", hint=f"1 to {_MOST_PARTS:,}")
        check_session(spark)
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
            routed = self._routed()
            answered, kept = self._folded(routed, Asked(self._parts, asked))
            made = self._unpacked(answered, {name: schemas[name] for name in asked})
            made._kept = (*kept, routed.events)
        if "events" in schemas:
            task = partial(tasks.read, self._question, "events")
            made["events"] = self._over_splits(task, schemas["events"])
        return made

    def told(self, names: Sequence[str]) -> Generator[tuple[str, pa.RecordBatch], None, None]:
        """Yield the rows of views by name, as they come, after those of `asked_at`."""
        routed = self._routed()
        kept: tuple[DataFrame, ...] = ()
        try:
            answered, kept = self._folded(routed, Asked(self._parts, of_views(names)))
            for rows in routed.learned["asked_at"].to_batches():
                yield "asked_at", rows
            answered.count()  # by all cores at once: what follows asks for one part at a time
            for row in answered.rdd.toLocalIterator():  # as in `loading`, not of the DataFrame
                for rows in unpacked([pa.scalar(bytes(row["packet"]))]):
                    yield row["name"], rows
        finally:
            for frame in (*kept, routed.events):
                frame.unpersist()

    def marts(self) -> Frames:
        """Return every mart: those that count organisations in a second step."""
        schemas = self._question.schemas(of_marts() | of_counted())
        routed = self._routed()
        own = {name: sql for name, sql in of_marts().items() if name not in OF_ORGS}
        answered, kept = self._folded(routed, Asked(self._parts, own, of_counted()))
        moved = answered.where(sf.col("part").isNotNull())
        moved = moved.repartitionById(self._parts, sf.col("part"))
        orgs = self._kept(moved, partial(folds.fold_orgs, self._question, routed.learned, schemas))
        made = self._unpacked(answered, {name: schemas[name] for name in own})
        made.update(self._unpacked(orgs, {name: schemas[name] for name in OF_ORGS}))
        made._kept = (orgs, *kept, routed.events)
        return made

    def _folded(self, routed: _Routed, asked: Asked) -> tuple[DataFrame, tuple[DataFrame, ...]]:
        """Return the answers, and what is kept of them; what giants tell apart is joined."""
        question, learned = self._question, routed.learned
        fold = partial(folds.fold, question, learned, asked, routed.giants)
        answered = self._kept(routed.events, fold)
        joined = joined_views(asked, learned)
        if not len(routed.giants) or not joined:
            return answered, (answered,)
        is_moved = sf.coalesce(sf.col("part"), sf.lit(0)) >= self._parts
        moved = answered.where(is_moved).repartitionById(
            len(routed.giants), sf.col("part") - self._parts
        )
        schemas = question.schemas(of_views(joined))
        others = self._kept(moved, partial(join, question, learned, schemas, asked))
        return answered.where(~is_moved).union(others), (others, answered)

    def _unpacked(self, answered: DataFrame, schemas: Mapping[str, pa.Schema]) -> Frames:
        made = Frames()
        for name, schema in schemas.items():
            rows = answered.where(sf.col("name") == name)
            made[name] = rows.mapInArrow(partial(folds.unpack, schema), from_arrow_schema(schema))
        return made

    def _routed(self) -> _Routed:
        """Return the events by parts, and what tells of the whole ledger."""
        groups, large = self._groups()
        route = partial(tasks.route, self._question, groups, large, self._parts)
        routed = self._over_splits(route, PACKETS)
        routed = routed.repartitionById(self._parts + parts_of(large), sf.col("part"))
        routed.persist(StorageLevel.DISK_ONLY)
        try:
            return _Routed(routed, self._learned(routed), large)
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
        self, moved: DataFrame, fold: Callable[[Batches], Iterator[pa.RecordBatch]]
    ) -> DataFrame:
        return moved.mapInArrow(fold, from_arrow_schema(PACKETS)).persist(StorageLevel.DISK_ONLY)

    def _groups(self) -> tuple[pa.Table, pa.Table]:
        """Return the groups of what is not simply where its chat is, and which are giants."""
        told = self._over_splits(partial(tasks.places, self._question), tasks.TOLD_PLACES)
        told.persist(StorageLevel.DISK_ONLY)
        try:
            seen = told.groupBy("org_id", "thing").agg(sf.collect_set("place").alias("places"))
            is_simple = (sf.size("places") == 1) & sf.col("places")[0].startswith("chat ")
            rows = seen.where(~is_simple).toArrow().to_pylist()
            groups = met((row["org_id"], row["thing"], row["places"]) for row in rows)
            of = self._spark.createDataFrame(groups)
            sizes = (
                told.where(sf.col("events") > 0)
                .join(sf.broadcast(of), ["org_id", "thing"], "left")
                .groupBy("org_id", sf.coalesce("of", "place").alias("of"))
                .agg(sf.sum("events").alias("events"))
                .where(sf.col("events") > GIANT_EVENTS)
            )
            rows = sizes.toArrow().to_pylist()
        finally:
            told.unpersist()
        large = ((row["org_id"], row["of"], row["events"]) for row in rows)
        return groups, giants(large, self._parts)

    def _over_splits(self, task: Task[Split], schema: pa.Schema) -> DataFrame:
        return over(self._spark, self._splits, task, schema)
