"""A feed that a cluster writes: a folder of Parquet files for each mart, with the feed's types."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from py4j.protocol import Py4JError, Py4JJavaError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import SparkSession

from ticketledger.models.errors import BadParameter, LedgerUnwritable

from .asked import of_marts
from .asking import marts
from .sessions import check_session

_FORMAT: Final = {
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",  # else instants lose their zone
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
}
_OF_SPARK: Final = re.compile(r"part-.*|[._].*")
"""Names of what Spark writes into the folder of a mart."""


def publish(
    spark: SparkSession, path: str | os.PathLike[str], target: str | os.PathLike[str], **told: Any
) -> None:
    """Write the marts of a feed as folders of Parquet files, `TARGET/NAME`, over former ones.

    Args:
        spark, path: as for `views`.
        target: a folder or URL as Spark names it, for example `s3a://bucket/feed`; it is new, or
            has nothing but what was written by this before.
        told: what `marts` takes.

    Raises:
        BadParameter: the target has other files in it, or names nothing; as `marts`.
        LedgerUnwritable: Spark cannot make or list the target.
        BadSettings, LedgerMissing, LedgerTooNew, LedgerDamaged, LedgerUnreachable: as `marts`.
    """
    check_session(spark)
    own = _writing(spark)
    _check_target(own, target)
    made = marts(own, path, **told)
    try:
        for name, frame in made.items():
            frame.write.mode("overwrite").parquet(f"{os.fspath(target)}/{name}")
    finally:
        made.close()


def _writing(spark: SparkSession) -> SparkSession:
    """Return a session like another one, that writes the types of a feed."""
    own = spark.newSession()
    for name, value in (spark.conf.getAll | _FORMAT).items():
        with suppress(AnalysisException):  # what all sessions share cannot be set, and is the same
            own.conf.set(name, value)
    return own


def _check_target(spark: SparkSession, target: object) -> None:
    """Refuse a target that no feed may be written to, before anything is read."""
    if not isinstance(target, str | os.PathLike) or not (text := os.fspath(target)).strip():
        raise BadParameter(f"`{target}` names no folder", hint="for example s3a://bucket/feed")
    jvm: Any = spark._jvm
    with _asking(text):
        root = jvm.org.apache.hadoop.fs.Path(text)
        files = root.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf())
        if not files.mkdirs(root):
            raise LedgerUnwritable(f"`{text}` cannot be made", hint="name another folder")
        there = [each.getPath() for each in files.listStatus(root)]
        others = [each.getName() for each in there if each.getName() not in of_marts()]
        for mart in there:
            if mart.getName() in of_marts():
                names = [each.getPath().getName() for each in files.listStatus(mart)]
                found = [name for name in names if not _OF_SPARK.fullmatch(name)]
                others += [f"{mart.getName()}/{name}" for name in found]
    if others:
        told = f"`{text}` is no feed that Spark wrote: it holds `{min(others)}`"
        raise BadParameter(told, hint="name a new folder")


@contextmanager
def _asking(target: str) -> Iterator[None]:
    """Turn what Hadoop says of a target into one line."""
    try:
        yield
    except (Py4JError, PySparkException) as exc:
        told = exc.java_exception.getMessage() if isinstance(exc, Py4JJavaError) else str(exc)
        reason = str(told).partition("\n")[0]
        hint = "it is named as Spark names it, and its executors write there"
        if target.startswith(("s3://", "gs://", "az://")):
            hint = "Spark has names of its own: s3a://, gs://, abfss://, each with a library"
        raise LedgerUnwritable(f"`{target}` cannot be written: {reason}", hint=hint) from None
