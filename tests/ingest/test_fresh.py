"""The database that compares events with the stored ones: one for a run, none where none is due."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import ticketledger
from ticketledger.ingest import feed, find, load
from ticketledger.ingest.database import check_size
from ticketledger.ingest.load import Request
from ticketledger.models.errors import BadParameter

from .made import lines


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Databases that were opened."""
    found: list[object] = []
    connect = duckdb.connect

    def counted() -> duckdb.DuckDBPyConnection:
        found.append(con := connect())
        return con

    monkeypatch.setattr(duckdb, "connect", counted)
    return found


def test_a_run_of_many_commits_opens_one_and_a_run_without_any_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[object]
) -> None:
    monkeypatch.setattr(load, "COMMIT_ROWS", 5)
    monkeypatch.setattr(feed, "BLOCK_BYTES", 1000)
    export = tmp_path / "export.jsonl"
    export.write_bytes(lines(30))
    ledger = ticketledger.open(tmp_path / "ledger")
    assert len(ledger.ingest([export], refresh=False).commits) > 3
    assert len(opened) == 1
    assert ledger.ingest([export], refresh=False).commits == []
    assert len(opened) == 1


def test_sizes_that_are_spelt_as_usual_are_asked_of_no_database(opened: list[object]) -> None:
    for size in ("512MB", "1GB", "2GiB", "300MiB"):
        check_size(size)
    assert opened == []
    for size in ("1.5 GB", "800 kb"):
        check_size(size)
    assert len(opened) == 2


@pytest.mark.parametrize("size", ["lots", "", "MB", "0x10MB", "40KB"])
def test_what_is_no_size_is_refused_before_anything_is_made(tmp_path: Path, size: str) -> None:
    export = tmp_path / "export.jsonl"
    export.write_bytes(lines(1))
    ledger = ticketledger.open(tmp_path / "ledger")
    with pytest.raises(BadParameter, match=r"is no size|too little"):
        ledger.run(Request(find([str(export)]), ticketledger.__version__, memory=size))
    assert not ledger.root.exists()
