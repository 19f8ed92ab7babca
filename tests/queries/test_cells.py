"""A column is spelt as its values are, one by one."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb
import hypothesis.strategies as st
import pyarrow as pa
import pytest
from hypothesis import given, settings

from ticketledger.queries.cells import csv_cells, for_csv, for_json, json_cells, values

INSTANTS = st.integers(-(2**63) + 1, 2**63 - 1) | st.integers(-(10**16), 10**16)
COLUMNS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "VARCHAR": (pa.string(), st.text(max_size=9)),
    "JSON": (pa.string(), st.sampled_from(['{"a":[1,"é"]}', "null", '"x"', "1.5"])),
    "BIGINT": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "UTINYINT": (pa.uint8(), st.integers(0, 255)),
    "DOUBLE": (pa.float64(), st.floats()),
    "FLOAT": (pa.float32(), st.floats(width=32)),
    "BOOLEAN": (pa.bool_(), st.booleans()),
    "DATE": (pa.date32(), st.integers(-(2**31) + 1, 2**31 - 1)),
    "TIMESTAMP": (pa.timestamp("us"), INSTANTS),
    "TIMESTAMP WITH TIME ZONE": (pa.timestamp("us", "UTC"), INSTANTS),
    "VARCHAR[]": (pa.list_(pa.string()), st.lists(st.text(max_size=3), max_size=3)),
}


@pytest.mark.parametrize("kind", COLUMNS)
@settings(deadline=None)
@given(data=st.data())
def test_a_column_is_its_values(kind: str, data: st.DataObject) -> None:
    type_, strategy = COLUMNS[kind]
    told = data.draw(st.lists(st.none() | strategy, max_size=6))
    is_number = pa.types.is_timestamp(type_) or pa.types.is_date(type_)
    number = pa.int32() if pa.types.is_date(type_) else pa.int64()
    column = pa.array(told, number).view(type_) if is_number else pa.array(told, type_)
    each = values(column)
    assert _csv(csv_cells(column, kind)) == _csv([for_csv(value, kind) for value in each])
    assert json_cells(column, kind) == [for_json(value, kind) for value in each]


def _csv(cells: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def test_what_is_written_is_read_again() -> None:
    instant = datetime(2026, 3, 1, 9, 0, 0, 5, UTC)
    instants = pa.array([instant, None], pa.timestamp("us", "UTC"))
    kind = "TIMESTAMP WITH TIME ZONE"
    assert csv_cells(instants, kind) == ["2026-03-01T09:00:00.000005Z", None]
    assert json_cells(instants, kind) == ['"2026-03-01T09:00:00.000005Z"', "null"]
    texts = ['a"b\\\n\u2028\x00é😀', ""]
    assert [json.loads(cell) for cell in json_cells(pa.array(texts), "VARCHAR")] == texts
    for query in ("SELECT 'infinity'::TIMESTAMPTZ AS t", "SELECT '290000-01-01'::TIMESTAMPTZ AS t"):
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            (column,) = con.sql(query).to_arrow_table().columns
            assert csv_cells(column.combine_chunks(), kind) == values(column)


def test_decimals_keep_all_their_digits() -> None:
    told = [Decimal("123456789012345678.123456789"), Decimal("0.100000000"), Decimal(-100), None]
    column = pa.array(told, pa.decimal128(38, 9))
    texts = ["123456789012345678.123456789", "0.1", "-100"]
    assert csv_cells(column, "DECIMAL(38,9)") == [*texts, None]
    assert json_cells(column, "DECIMAL(38,9)") == [*texts, "null"]
