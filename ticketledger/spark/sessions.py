"""Can a Spark session be asked?"""

from __future__ import annotations

from importlib.util import find_spec

from pyspark.sql import SparkSession

from ticketledger.models.errors import BadParameter, MissingExtra


def check_session(spark: object) -> None:
    """Refuse what is no session, or one that is stopped, before anything is made.

    Raises:
        BadParameter: it is.
        MissingExtra: Spark lacks what it moves rows with.
    """
    if not isinstance(spark, SparkSession):
        raise BadParameter(
            f"`{type(spark).__name__}` is no Spark session",
            hint="the session comes first; one of Spark Connect will not do",
        )
    if not is_running(spark):
        raise BadParameter("the Spark session is stopped", hint="make a new one")
    if find_spec("pandas") is None:
        raise MissingExtra("ledgers on a Spark cluster", "spark")


def is_running(spark: SparkSession) -> bool:
    """Whether a session was not stopped."""
    context = spark.sparkContext._jsc
    return context is not None and not context.sc().isStopped()
