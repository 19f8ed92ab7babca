"""Ledgers on a Spark cluster: the views as DataFrames, folded by the same SQL on every executor.

from pyspark.sql import SparkSession

from ticketledger import spark

views = spark.views(SparkSession.builder.getOrCreate(), "s3://bucket/prefix")
views["tickets"].groupBy("status").count().show()

Spark moves events, DuckDB folds them: what shares a ticket or chat comes to one task, which runs
the SQL files of `queries/` over it. Executors need ticketledger installed, the same version as the
driver's, and the ledger in a bucket or in a folder that all of them see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .folds import VIEWS

if TYPE_CHECKING:
    from .asking import marts, reports, views
    from .frames import Frames
    from .loading import ingest
    from .publishing import publish

__all__ = ["VIEWS", "Frames", "ingest", "marts", "publish", "reports", "views"]


def __getattr__(name: str) -> object:
    """Load on first use: what executors do needs no Spark (PEP 562)."""
    if name in __all__:
        from . import asking, loading, publishing

        homes = {"ingest": loading, "publish": publishing}
        return getattr(homes.get(name, asking), name)
    raise AttributeError(name)
