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
from datetime import datetime
from enum import StrEnum
from operator import add
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from ticketledger.models.errors import BadQuery
from ticketledger.models.printable import printable

from .cells import csv_cells, for_csv, json_cells, values
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
    for batch in answer.reader:
        writer.writerows(zip(*map(csv_cells, batch.columns, kinds), strict=True))


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


def _json_lines(answer: Answer) -> Iterator[bytes]:
    kinds = list(answer.types.values())
    names = [f"{json.dumps(name, ensure_ascii=False)}:" for name in answer.types]
    for batch in answer.reader:
        for cells in zip(*map(json_cells, batch.columns, kinds), strict=True):
            yield ("{" + ",".join(map(add, names, cells)) + "}").encode()


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
    return printable(str(for_csv(value, answer.types[name])))


def _offset(value: datetime) -> str:
    offset = value.strftime("%z")
    return "" if offset in ("", "+0000") else f" {offset}"


def _width(text: str) -> int:
    """Columns a text takes in a terminal: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
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
