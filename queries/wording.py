"""Columns that a format cannot hold leave as text, as the database itself shows them."""

from __future__ import annotations

from typing import Final

import duckdb

_NOWHERE: Final = frozenset(
    ("bignum", "bit", "interval", "time with time zone", "union", "variant")
)
"""Types of which Arrow holds nothing that another program reads, or less than there is."""

_PARQUET_ONLY: Final = frozenset(("geometry", "map"))


def worded(relation: duckdb.DuckDBPyRelation, form: str) -> duckdb.DuckDBPyRelation:
    """Return the rows with text for each column that has a type in it which a format cannot hold.

    A column is text as a whole, also where such a type is only a part of its values:
    `{'waited': 2 days}`.

    Args:
        relation: any; its order stays.
        form: how the rows will be written, a `Format`.
    """
    foreign = _NOWHERE if form == "parquet" else _NOWHERE | _PARQUET_ONLY
    are_text = [_has(kind, foreign) for kind in relation.types]
    if not any(are_text):
        return relation
    columns = [duckdb.SQLExpression(f"#{place}") for place in range(1, len(are_text) + 1)]
    return relation.select(
        *(
            (column.cast("VARCHAR") if is_text else column).alias(name)
            for column, is_text, name in zip(columns, are_text, relation.columns, strict=True)
        )
    )


def _has(kind: duckdb.sqltypes.DuckDBPyType, foreign: frozenset[str]) -> bool:
    """Whether a type is one of these or has one inside, or a struct without fields."""
    if kind.id in foreign or str(kind) in ("STRUCT", "TUPLE"):
        return True
    if kind.id not in ("array", "list", "map", "struct", "tuple"):
        return False
    inside = [each for _, each in kind.children]  # of an array also its length
    return any(
        _has(each, foreign) for each in inside if isinstance(each, duckdb.sqltypes.DuckDBPyType)
    )
