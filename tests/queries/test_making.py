"""What goes wrong while cache or catalog are written is told as that, and undone."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

import ticketledger
from tests.conftest import SAMPLES
from ticketledger.models.errors import LedgerDamaged, LedgerUnwritable
from ticketledger.models.store import open_store
from ticketledger.queries import catalog, derive
from ticketledger.queries.failures import making, reading


@pytest.fixture
def ledger(tmp_path: Path) -> ticketledger.Ledger:
    """A ledger without cache and catalog."""
    made = ticketledger.open(tmp_path / "ledger")
    made.ingest([SAMPLES], refresh=False)
    return made


def test_a_cache_that_cannot_be_written_is_no_damage_and_leaves_nothing(
    ledger: ticketledger.Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched, pytest.raises(LedgerUnwritable) as caught:
        patched.setattr(derive, "sync_file", full)
        ledger.refresh()
    assert (caught.value.exit_code, "No space left" in str(caught.value)) == (2, True)
    assert list((ledger.root / "derived").iterdir()) == []
    ledger.refresh()
    assert ledger.sql("SELECT count(*) FROM tickets_all").item() == 7


def test_a_catalog_that_cannot_be_written_is_no_damage(
    ledger: ticketledger.Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def nowhere(tmp: Path) -> Iterator[Path]:
        yield tmp / "nowhere"

    monkeypatch.setattr(catalog, "workspace", nowhere)
    with pytest.raises(LedgerUnwritable, match=r"No such file or directory\nhint: ") as caught:
        ledger.refresh()
    assert "committed stays" in caught.value.hint


def test_a_commit_that_cannot_be_read_stays_damage(ledger: ticketledger.Ledger) -> None:
    (ledger.root / "events" / "00000001.parquet").write_bytes(b"PAR1 and no more PAR1")
    with pytest.raises(LedgerDamaged):
        ledger.refresh()


def test_what_the_disk_said_is_told_without_what_is_around_it(tmp_path: Path) -> None:
    told = (
        'IO Error: Async write failed for range [offset=0, size=9]: {"exception_type":"IO",'
        '"exception_message":"Could not write file \\"/l/x.parquet\\": Disk quota exceeded",'
        '"errno":"122"}'
    )
    ticketledger.open(tmp_path / "l").ingest([], refresh=False)
    store = open_store(tmp_path / "l")
    with pytest.raises(LedgerUnwritable, match=r"Disk quota exceeded\nhint: "), making(store):
        raise duckdb.IOException(told)


def test_ctrl_c_in_the_database_is_an_interrupt_and_other_errors_are_not(tmp_path: Path) -> None:
    ticketledger.open(tmp_path / "l").ingest([], refresh=False)
    store = open_store(tmp_path / "l")
    for ctrl_c in (RuntimeError("Query interrupted"), duckdb.InterruptException("INTERRUPT")):
        with pytest.raises(KeyboardInterrupt), reading(store):
            raise ctrl_c
    with pytest.raises(RuntimeError, match="something else"), reading(store):
        raise RuntimeError("something else")
