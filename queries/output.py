"""Answers as bytes: aligned text for people; CSV, JSON, JSON Lines and Parquet for programs.

Programs get exact values: instants as ISO 8601 with microseconds and offset, durations in seconds,
JSON columns as JSON; an instant or day without end is `infinity`. People get short instants and
durations in days and hours. Control characters in text are written as escapes in tables, so that
data cannot steer a terminal.
"""

from __future__ import annotations

import codecs
import csv
import json
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from ticketledger.models.errors import BadQuery
from ticketledger.models.instants import EPOCH
from ticketledger.models.printable import printable

from .run import Answer


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    PARQUET = "parquet"


def write(answer: Answer, form: Format, sink: BinaryIO) -> None:
    """Write all rows of an answer in one format.

    Raises:
        BadQuery: Parquet cannot hold a value.
    """
    writers: dict[Format, Callable[[Answer, BinaryIO], None]] = {
        Format.TABLE: _write_table,
        Format.CSV: _write_csv,
        Format.JSON: _write_json,
        Format.JSONL: _write_jsonl,
        Format.PARQUET: _write_parquet,
    }
    writers[form](answer, sink)


def human_duration(seconds: float) -> str:
    """Return a duration in its two largest units: `3d 4h`, `5m 10s`, `-2h 0m`, `0.25s`."""
    if seconds <= -60:
        return f"-{human_duration(-seconds)}"
    whole = int(seconds)
    if whole < 60:
        return f"{seconds:.3g}s"
    for size, unit, smaller, name in (
        (86_400, "d", 3_600, "h"),
        (3_600, "h", 60, "m"),
        (60, "m", 1, "s"),
    ):
        if whole >= size:
            return f"{whole // size}{unit} {whole % size // smaller}{name}"
    raise AssertionError("unreachable")


def _write_table(answer: Answer, sink: BinaryIO) -> None:
    names = list(answer.types)
    rows = [[_for_people(row[i], answer, n) for i, n in enumerate(names)] for row in _rows(answer)]
    numeric = [
        answer.types[name].split("(")[0] in _NUMBERS or answer.units.get(name) == "s"
        for name in names
    ]
    headers = list(map(printable, names))
    widths = [
        max([_width(name), *(_width(row[i]) for row in rows)]) for i, name in enumerate(headers)
    ]

    def line(cells: list[str]) -> bytes:
        padded = [
            " " * (width - _width(cell)) + cell if right else cell + " " * (width - _width(cell))
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        ]
        return ("  ".join(padded).rstrip() + "\n").encode()

    sink.write(line(headers))
    sink.write(("  ".join("─" * width for width in widths) + "\n").encode())
    for row in rows:
        sink.write(line(row))


def _write_csv(answer: Answer, sink: BinaryIO) -> None:
    text = codecs.getwriter("utf-8")(sink)  # unlike a `TextIOWrapper`, it never closes its sink
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(answer.types)
    kinds = list(answer.types.values())
    for row in _rows(answer):
        writer.writerow(_for_csv(value, kind) for value, kind in zip(row, kinds, strict=True))


def _write_json(answer: Answer, sink: BinaryIO) -> None:
    separator = b"["
    for line in _json_lines(answer):
        sink.write(separator + b"\n" + line)
        separator = b","
    sink.write(b"[]\n" if separator == b"[" else b"\n]\n")


def _write_jsonl(answer: Answer, sink: BinaryIO) -> None:
    for line in _json_lines(answer):
        sink.write(line + b"\n")


def _write_parquet(answer: Answer, sink: BinaryIO) -> None:
    try:
        with pq.ParquetWriter(sink, answer.reader.schema, compression="zstd") as writer:
            for batch in answer.reader:
                writer.write_batch(batch)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as exc:
        raise BadQuery(
            f"Parquet cannot hold this: {str(exc).partition(chr(10))[0]}",
            hint="cast the column to VARCHAR",
        ) from None


def _rows(answer: Answer) -> Iterator[tuple[Any, ...]]:
    for batch in answer.reader:
        yield from zip(*map(values, batch.columns), strict=True)


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


def _json_lines(answer: Answer) -> Iterator[bytes]:
    kinds = list(answer.types.values())
    for row in _rows(answer):
        cells = [
            f"{json.dumps(name, ensure_ascii=False)}:{_for_json(value, kind)}"
            for name, value, kind in zip(answer.types, row, kinds, strict=True)
        ]
        yield ("{" + ",".join(cells) + "}").encode()


def _for_json(value: Any, kind: str) -> str:
    if kind == "JSON" and isinstance(value, str):
        return value  # canonical JSON already
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _for_csv(value: Any, kind: str) -> Any:
    if isinstance(value, list | dict):
        return _for_json(value, kind)
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


def _for_people(value: Any, answer: Answer, name: str) -> str:
    if value is None:
        return ""
    if answer.units.get(name) == "s":
        return human_duration(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S") + _offset(value)
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1e6 else f"{value:.0f}"
    if isinstance(value, list) and all(isinstance(inner, str) for inner in value):
        return printable(", ".join(value))
    return printable(str(_for_csv(value, answer.types[name])))


def _offset(value: datetime) -> str:
    offset = value.strftime("%z")
    return "" if offset in ("", "+0000") else f" {offset}"


def _width(text: str) -> int:
    """Columns a text takes in a terminal: wide characters two, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


_NUMBERS = {
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "FLOAT",
    "DOUBLE",
    "DECIMAL",
}
