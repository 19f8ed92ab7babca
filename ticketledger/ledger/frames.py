"""Answers as frames: Polars for people who work with them, Arrow for everything else."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from ..models.errors import BadParameter, nearest
from ..queries import Answer

if TYPE_CHECKING:
    import polars as pl

_FORMS = ("polars", "arrow")


def rows_of(
    answer: AbstractContextManager[Answer], to: Literal["polars", "arrow"]
) -> pl.DataFrame | pa.Table:
    """Return the rows of an answer in the form that was asked for.

    Raises:
        BadParameter: there is no such form.
    """
    if to not in _FORMS:
        hint = nearest(str(to), _FORMS, f"one of {', '.join(_FORMS)}")
        raise BadParameter(f"rows cannot be had as `{to}`", hint=hint)
    table = table_of(answer)
    return table if to == "arrow" else as_frame(table)


def table_of(answer: AbstractContextManager[Answer]) -> pa.Table:
    """Return the rows of an answer; it is closed then."""
    with answer as opened:
        return opened.table()


def as_frame(table: pa.Table) -> pl.DataFrame:
    """Return a table as a Polars frame."""
    # Only here: importing polars makes Ctrl-C wait for a blocked read, as of a pipe, to return.
    import polars as pl

    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame
