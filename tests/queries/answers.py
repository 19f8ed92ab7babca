"""Answers of a ledger in the terms of the twin, so that the two can be compared with `==`."""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

import ticketledger
from ticketledger.models.store import open_store
from ticketledger.queries.cataloged import is_current

from ..twin.fold import Row
from ..twin.values import canonical, instant

JSON_COLUMNS = (
    "custom_properties",
    "old_value",
    "new_value",
    "ledger_value",
    "observed_value",
)
VALUES_BY_FIELD = ("recorded_values", "declared_values")
INSTANTS = ("created_at", "updated_at", "due_date", "closed_at", "first_assigned_at")
"""Fields whose values in the other columns of JSON are instants."""


def has_current_catalog(ledger: ticketledger.Ledger) -> bool:
    """Whether `catalog.duckdb` is there and shows the ledger's present files."""
    with duckdb.connect() as con:
        return is_current(con, open_store(ledger.root))


def ingested(folder: Path, paths: Sequence[Path], seed: int) -> tuple[ticketledger.Ledger, Row]:
    """Load the files into a new ledger, at once or one by one; return it and the sum of counts."""
    ledger = ticketledger.open(folder / "ledger")
    together = random.Random(seed).random() < 0.5
    loads = [list(paths)] if together else [[path] for path in paths]
    counts = dict.fromkeys(("accepted", "duplicates", "rejected", "lines", "blank"), 0)
    for load in loads:
        summary = ledger.ingest(load, refresh=False)
        for name in counts:
            counts[name] += getattr(summary, name)
    return ledger, counts


def exported(
    folder: Path, told: Iterable[Mapping[str, Any]], observed_at: datetime | None = None
) -> ticketledger.Ledger:
    """Return a new ledger that has loaded an export of these lines, none of them rejected."""
    export = folder / "export.jsonl"
    export.write_text("\n".join(map(json.dumps, told)))
    ledger = ticketledger.open(folder / "ledger")
    assert ledger.ingest([export], observed_at=observed_at).rejected == 0
    return ledger


def answers(
    ledger: ticketledger.Ledger, relations: Mapping[str, str], known_at: datetime | None = None
) -> dict[str, pa.Table]:
    """Return the sorted rows of views and macros by name, all in one query: that saves minutes."""
    parts = (f"(SELECT list(t ORDER BY t) FROM {sql} AS t) AS {n}" for n, sql in relations.items())
    packed = ledger.sql(f"SELECT {', '.join(parts)}", to="arrow", known_at=known_at)
    return {
        name: pa.Table.from_struct_array(packed.column(name).combine_chunks().flatten())
        for name in relations
    }


def rows(table: pa.Table) -> list[Row]:
    """Return the rows with instants as microseconds and JSON as the twin has it."""
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            assert (field.type.unit, field.type.tz) == ("us", "UTC"), field
            table = table.set_column(index, field.name, table.column(index).cast(pa.int64()))
    return [_decoded(row) for row in table.to_pylist()]


def _decoded(row: Row) -> Row:
    for column in JSON_COLUMNS:
        if row.get(column) is not None:
            row[column] = _value(row.get("field", column), json.loads(row[column]))
    for column in VALUES_BY_FIELD:
        if column in row:
            values = json.loads(row[column])
            row[column] = {field: _value(field, value) for field, value in values.items()}
    if "unreported" in row:  # `,a,b,`
        row["unreported"] = [field for field in row["unreported"].split(",") if field]
    return row


def _value(field: str, value: Any) -> Any:
    if field == "custom_properties":
        return None if value is None else canonical(value)
    return instant(value) if field in INSTANTS else value


def assert_same(actual: Sequence[Row], expected: Sequence[Row], view: str) -> None:
    """Compare rows regardless of their order, by the columns that the twin knows."""
    wanted = list(expected[0]) if expected else []
    for row in actual[:1]:
        missing = [column for column in wanted if column not in row]
        assert not missing, f"`{view}` lacks {missing}"
    cut = [{column: row[column] for column in wanted} for row in actual]
    assert sorted(map(canonical, cut)) == sorted(map(canonical, expected)), view
