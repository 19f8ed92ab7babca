"""Spark's side of a plan: DataFrames of what tasks yield."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeVar

import pyarrow as pa

from ticketledger.models.errors import MissingExtra

try:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.pandas.types import from_arrow_schema
except ImportError:
    raise MissingExtra("ledgers on a Spark cluster", "spark") from None

from .sessions import is_running

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
            if is_running(frame.sparkSession):
                frame.unpersist()


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
