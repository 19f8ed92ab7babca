"""The kinds of field the ledger stores as columns: how each is read, and its Arrow and DuckDB type.

An entity declares a field once, `status: Text = None`; validation, the stored schema and the types
of the views all follow from that declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import pyarrow as pa
from pydantic import BeforeValidator, Strict
from pydantic_core import PydanticCustomError

from .instants import BadInstant, parse_instant
from .jsontext import canonical

_LARGEST = Decimal("1e308")  # what a double holds, roughly


class Kind(StrEnum):
    """The ways of reading a field; a faster reader than ours has one counterpart for each."""

    TEXT = "text"
    FLAG = "flag"
    INSTANT = "instant"
    SMALL_INTEGER = "small_integer"
    WHOLE_NUMBER = "whole_number"
    REAL_NUMBER = "real_number"
    NAMES = "names"
    TEXTS = "texts"
    MAP = "map"
    MEMBERS = "members"


@dataclass(frozen=True, slots=True)
class Column:
    """How a field is stored: its type in Arrow (and so in Parquet) and in DuckDB.

    `kind` is how it is read; `is_apart` says that it is a column of its own and not a field of its
    object's image, because equal values repeat from event to event and may be large.
    """

    kind: Kind
    arrow: pa.DataType
    duckdb: str
    is_apart: bool = False


def _instant(value: Any) -> datetime | None:
    try:
        return parse_instant(value)
    except BadInstant as exc:
        raise PydanticCustomError("bad_instant", "{reason}", {"reason": str(exc)}) from None


def _small_integer(value: Any) -> int | None:
    """A number or its text; what does not fit a SMALLINT is null here and stays in `data`."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise PydanticCustomError("small_integer", "expected a number, its text, or null")
    try:
        number = Decimal(value)
    except ArithmeticError:
        return None
    if not number.is_finite() or not -32768 <= number <= 32767 or number % 1:
        return None
    return int(number)


def _whole_number(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("whole_number", "expected a whole number or null")
    if not -(2**31) <= value < 2**31 or value % 1:
        return None
    return int(value)


def _real_number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("real_number", "expected a number or null")
    return float(value) if -_LARGEST < value < _LARGEST else None


def _names(value: Any) -> list[str]:
    """Labels as a set: from `"a, b"` or a list; trimmed, case-folded, sorted, each once."""
    if value is None:
        return []
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise PydanticCustomError("names", "expected a comma-separated text or a list of texts")
    return sorted({name.strip().casefold() for name in value} - {""})


def _texts(value: Any) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise PydanticCustomError("texts", "expected a list of texts or null")
    return value


def _json_map(value: Any) -> str | None:
    """A map of free keys, as canonical JSON text; null and `{}` are the same: none."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise PydanticCustomError("map", "expected an object or null")
    return canonical(value) if value else None


Id = Annotated[str | None, Strict()]
"""A text that names an object; stored beside the image, not in it."""

Text = Annotated[str | None, Strict(), Column(Kind.TEXT, pa.string(), "VARCHAR")]
Flag = Annotated[bool | None, Strict(), Column(Kind.FLAG, pa.bool_(), "BOOLEAN")]
Instant = Annotated[
    datetime | None,
    BeforeValidator(_instant, json_schema_input_type=str | int | None),
    Column(Kind.INSTANT, pa.timestamp("us", "UTC"), "TIMESTAMP WITH TIME ZONE"),
]
SmallInteger = Annotated[
    int | None,
    BeforeValidator(_small_integer, json_schema_input_type=int | str | None),
    Column(Kind.SMALL_INTEGER, pa.int16(), "SMALLINT"),
]
WholeNumber = Annotated[
    int | None,
    BeforeValidator(_whole_number, json_schema_input_type=int | None),
    Column(Kind.WHOLE_NUMBER, pa.int32(), "INTEGER"),
]
RealNumber = Annotated[
    float | None,
    BeforeValidator(_real_number, json_schema_input_type=float | None),
    Column(Kind.REAL_NUMBER, pa.float64(), "DOUBLE"),
]
Names = Annotated[
    list[str],
    BeforeValidator(_names, json_schema_input_type=str | list[str] | None),
    Column(Kind.NAMES, pa.list_(pa.string()), "VARCHAR[]"),
]
Texts = Annotated[
    list[str] | None,
    BeforeValidator(_texts, json_schema_input_type=list[str] | None),
    Column(Kind.TEXTS, pa.list_(pa.string()), "VARCHAR[]"),
]
JsonMap = Annotated[
    str | None,
    BeforeValidator(_json_map, json_schema_input_type=dict[str, Any] | None),
    Column(Kind.MAP, pa.string(), "VARCHAR"),
]
