"""Pieces of a ledger that tasks read later: it may have been compacted since."""

from __future__ import annotations

from pathlib import Path

import pytest

import ticketledger
from tests.conftest import SAMPLES
from ticketledger.models.errors import LedgerDamaged, UsageError
from ticketledger.models.store import open_store
from ticketledger.spark.splits import splits


def test_a_file_that_was_merged_since_is_told_from_one_that_is_lost(tmp_path: Path) -> None:
    lines = SAMPLES.read_bytes().splitlines(keepends=True)
    ledger = ticketledger.open(tmp_path / "ledger")
    for number in range(3):
        (tmp_path / f"{number}.jsonl").write_bytes(b"".join(lines[number::3]))
        ledger.ingest(tmp_path / f"{number}.jsonl", refresh=False)
    before = splits(open_store(ledger.root))
    ledger.compact(everything=True, grace_s=0)
    for split in before:
        with pytest.raises(UsageError, match="was merged into another file") as told:
            split.read("event_id").read_all()
        assert told.value.__notes__ == ["hint: ask for the views anew"]  # Spark brings only text
    (merged,) = splits(open_store(ledger.root))
    assert len(merged.read("event_id").read_all()) == len(ledger.sql("FROM events"))
    Path(merged.name).unlink()
    with pytest.raises(LedgerDamaged, match="cannot read"):
        merged.read("event_id").read_all()
