"""What DuckDB reads from a ledger's file has the types the entities declare."""

from __future__ import annotations

import duckdb
import pytest

import ticketledger
from ticketledger.models.entities import duckdb_type
from ticketledger.models.schema import IMAGES


@pytest.mark.parametrize("image", IMAGES)
def test_stored_images_have_the_declared_duckdb_type(
    image: str, samples: ticketledger.Ledger
) -> None:
    path = str(samples.root / "events" / "00000001.parquet")
    with duckdb.connect() as con:
        stored = f"SELECT typeof({image}) FROM read_parquet($p) LIMIT 1"
        found = con.execute(stored, {"p": path}).fetchall()
        assert found == con.execute(f"SELECT typeof(NULL::{duckdb_type(IMAGES[image])})").fetchall()
