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
from ticketledger.models.errors import BadQuery, LedgerDamaged, LedgerUnwritable
from ticketledger.models.store import open_store
from ticketledger.queries import catalog, derive, own_sql
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


def test_words_of_the_database_that_are_no_text_are_damage(
    ledger: ticketledger.Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cites the bytes of a file that it could not read."""
    with pytest.raises(LedgerDamaged, match="no text"), reading(open_store(ledger.root)):
        b"\xf4".decode()
    monkeypatch.setattr(own_sql, "answer_of", lambda *_: b"\xf4".decode())
    with pytest.raises(LedgerDamaged, match="no text"):
        ledger.sql("FROM tickets")


def test_of_a_damaged_page_the_file_is_not_known(
    ledger: ticketledger.Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> None:
        raise duckdb.IOException("TProtocolException: Invalid data")

    monkeypatch.setattr(own_sql, "answer_of", damaged)
    with pytest.raises(BadQuery, match="Invalid data") as caught:
        ledger.sql("FROM tickets")
    assert "`ticketledger verify`" in caught.value.hint


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
