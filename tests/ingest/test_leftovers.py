"""Rejects that no commit refers to go, unless a writer is about to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ticketledger.models.errors import LedgerDamaged

from .made import line, lines, load, stored_rejects

ORPHAN = "0" * 64 + ".parquet"


def ledger(folder: Path) -> Path:
    """A ledger of two commits, each with a reject."""
    for number in (1, 2):
        (folder / f"{number}.jsonl").write_bytes(line(number) + b"\nbad %d\n" % number)
        load(folder / "ledger", folder / f"{number}.jsonl")
    return folder / "ledger"


def ingest_more(root: Path) -> None:
    more = root.with_name("more.jsonl")
    more.write_bytes(lines(5))
    load(root, more)


def test_rejects_of_a_commit_that_never_came_are_removed(tmp_path: Path) -> None:
    root = ledger(tmp_path)
    (root / "rejects" / ORPHAN).write_bytes(b"PAR1")
    ingest_more(root)
    assert not (root / "rejects" / ORPHAN).exists()
    assert [row["raw"] for row in stored_rejects(root)] == [b"bad 1", b"bad 2"]


def test_rejects_of_a_writer_at_work_stay(tmp_path: Path) -> None:
    root = ledger(tmp_path)
    (tmp_path / "workspace").write_bytes(b"PAR1")
    os.link(tmp_path / "workspace", root / "rejects" / ORPHAN)
    ingest_more(root)
    assert (root / "rejects" / ORPHAN).exists()


def test_a_file_of_somebody_else_stays(tmp_path: Path) -> None:
    root = ledger(tmp_path)
    (root / "rejects" / "notes.txt").write_text("mine")
    ingest_more(root)
    assert (root / "rejects" / "notes.txt").exists()


def test_rejects_of_a_lost_commit_wait_for_it(tmp_path: Path) -> None:
    root = ledger(tmp_path)
    lost = root / "events" / "00000002.parquet"
    content = lost.read_bytes()
    lost.unlink()
    with pytest.raises(LedgerDamaged):
        ingest_more(root)
    lost.write_bytes(content)
    assert [row["raw"] for row in stored_rejects(root)] == [b"bad 1", b"bad 2"]
