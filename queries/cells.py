"""Values of a column on their way out, exact: as Python values, for CSV, and as JSON.

Instants are ISO 8601 with microseconds and offset; an instant or day without end is `infinity`.
What has one spelling in a column of its type is spelt by column: a large answer is mostly that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from ticketledger.models.instants import EPOCH


def values(column: pa.Array | pa.ChunkedArray) -> list[Any]:
    """Return a column as Python values; text where these cannot hold it."""
    if "[ns" not in str(column.type):  # there infinity looks like a day of the year 2262
        try:
            if pa.types.is_timestamp(column.type) and column.type.tz:
                chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
                return [instant for chunk in chunks for instant in _instants(chunk)]
            return list(column.to_pylist())
        except (OverflowError, ValueError):  # an instant beyond Python's years, or infinity
            pass
    return list(map(_value, column))


def _instants(column: pa.Array) -> Iterator[datetime | None]:
    """Yield instants of microseconds; Arrow would import pandas for it, in half a second."""
    clock = ZoneInfo(column.type.tz)
    for us in column.view(pa.int64()).to_pylist():
        yield None if us is None else (EPOCH + timedelta(microseconds=us)).astimezone(clock)


def _value(scalar: pa.Scalar) -> Any:
    if not scalar.is_valid:
        return None
    kind = scalar.type
    if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        return list(map(_value, scalar.values))
    if pa.types.is_struct(kind):
        return {name: _value(inner) for name, inner in scalar.items()}
    if pa.types.is_timestamp(kind) or pa.types.is_date32(kind):
        last = 2**31 - 1 if pa.types.is_date32(kind) else 2**63 - 1  # so the database has infinity
        if abs(scalar.value) == last:
            return "infinity" if scalar.value > 0 else "-infinity"
    try:
        return scalar.as_py()
    except (OverflowError, ValueError):
        return str(scalar.cast(pa.string()))


def csv_cells(column: pa.Array, kind: str) -> list[Any]:
    """Return what the CSV writer is given for a column.

    Args:
        column: its values.
        kind: its type, as the database names it.
    """
    if pa.types.is_string(column.type) or pa.types.is_integer(column.type):
        return list(column.to_pylist())
    if pa.types.is_floating(column.type):
        return [x if x is not None and x - x == 0 else None for x in column.to_pylist()]
    if pa.types.is_decimal(column.type):
        return [None if value is None else _digits(value) for value in column.to_pylist()]
    if texts := _texts_in_utc(column):
        return texts
    return [for_csv(value, kind) for value in values(column)]


def json_cells(column: pa.Array, kind: str) -> list[str]:
    """Return the JSON of each value of a column.

    Args:
        column: its values.
        kind: its type, as the database names it.
    """
    if pa.types.is_integer(column.type):
        return ["null" if value is None else str(value) for value in column.to_pylist()]
    if pa.types.is_string(column.type) and kind != "JSON":
        return ["null" if text is None else encode_basestring(text) for text in column.to_pylist()]
    if pa.types.is_floating(column.type):
        return [repr(x) if x is not None and x - x == 0 else "null" for x in column.to_pylist()]
    if pa.types.is_decimal(column.type):
        return ["null" if value is None else _digits(value) for value in column.to_pylist()]
    if texts := _texts_in_utc(column):
        return ["null" if text is None else f'"{text}"' for text in texts]
    return [for_json(value, kind) for value in values(column)]


def _digits(value: Decimal) -> str:
    """Return all digits of a number; a float has room for 15 of them."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _texts_in_utc(column: pa.Array) -> list[str | None]:
    """Return instants of UTC as they are spelt; none if the column is something else."""
    if column.type != _UTC:
        return []
    try:
        return [
            None if us is None else f"{(_BEGIN + timedelta(microseconds=us)).isoformat('T', _US)}Z"
            for us in column.view(pa.int64()).to_pylist()
        ]
    except OverflowError:  # beyond Python's years, or infinity
        return []


_UTC = pa.timestamp("us", "UTC")
_US = "microseconds"
_BEGIN = EPOCH.replace(tzinfo=None)


def for_json(value: Any, kind: str) -> str:
    if kind == "JSON" and isinstance(value, str):
        return value  # canonical JSON already
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def for_csv(value: Any, kind: str) -> Any:
    if isinstance(value, list | dict):
        return for_json(value, kind)
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value)


def plain(value: Any) -> Any:
    """Return a value of JSON's own kinds."""
    match value:
        case datetime():
            return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
        case date() | timedelta():
            return str(value)
        case bytes():
            return value.decode("utf-8", "backslashreplace")
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case float():
            return value if value - value == 0 else None  # JSON has no NaN and no infinity
        case list():
            return [plain(inner) for inner in value]
        case dict():
            return {key: plain(inner) for key, inner in value.items()}
        case _ if value is None or isinstance(value, str | int):
            return value
        case _:
            return str(value)
