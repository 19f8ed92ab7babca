"""`catalog.duckdb` answers as the session does, for anyone who opens it, at any time."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

import ticketledger
from tests.conftest import ROOT, SAMPLES
from ticketledger.models.errors import BadParameter
from ticketledger.models.store import Store, open_store
from ticketledger.queries import catalog, derive, statements, uses_policies
from ticketledger.queries.statement import Statement

from ..ingest.made import dump, envelope
from .answers import has_current_catalog

PUBLIC = [
    name
    for name, view in statements("views").items()
    if not view.internal and not uses_policies(name)
]

READER = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
con.execute("SET enable_progress_bar = false")
for name in sys.argv[2:]:
    print(name, con.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0])
"""


def counts(catalog: Path, cwd: Path, views: Sequence[str] = PUBLIC) -> dict[str, int]:
    """Count the rows of views in a process that knows only the catalog."""
    done = subprocess.run(
        [sys.executable, "-c", READER, str(catalog), *views],
        cwd=cwd,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return {name: int(number) for name, number in map(str.split, done.stdout.splitlines())}


def events_in(catalog: Path, cwd: Path) -> int:
    """Count the events that a catalog shows."""
    return counts(catalog, cwd, ["events"])["events"]


def test_catalog_answers_from_any_folder(samples: ticketledger.Ledger, tmp_path: Path) -> None:
    found = counts(samples.root / "catalog.duckdb", tmp_path)
    for name in PUBLIC:
        table = samples.sql(f"SELECT count(*) AS n FROM {name}")
        assert found[name] == table.item(), name


def test_catalog_has_macros_and_comments(samples: ticketledger.Ledger) -> None:
    with duckdb.connect(str(samples.root / "catalog.duckdb"), read_only=True) as con:
        past = con.sql("SELECT count(*) FROM tickets_at(TIMESTAMPTZ '2026-03-02 12:00:00+00')")
        assert past.fetchall() == [(2,)]
        told = dict(con.sql("SELECT view_name, comment FROM duckdb_views()").fetchall())
        assert told["tickets"] == "Every ticket in its last known state; one row per ticket"


def test_catalog_serves_readers_while_an_ingest_runs(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([SAMPLES])
    catalog = ledger.root / "catalog.duckdb"
    export = ROOT / "data" / "demo" / "2026-03-week3.jsonl.gz"
    writer = threading.Thread(target=ledger.ingest, args=([export],))
    writer.start()
    seen: list[int] = []
    while writer.is_alive() or not seen:
        with duckdb.connect(str(catalog), read_only=True) as con:
            seen.append(con.sql("SELECT count(*) FROM events").fetchall()[0][0])
        time.sleep(0.02)  # else the reader takes more of the cores than the ingest
    writer.join()
    seen.append(events_in(catalog, tmp_path))
    assert seen == sorted(seen)
    assert set(seen) == {67, 67 + 824}


def test_a_slow_writer_does_not_set_the_catalog_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another ingest commits and writes its catalog while ours is written."""
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([])
    (ledger.root / "catalog.duckdb").unlink()
    shown = catalog._shown

    def overtaken() -> tuple[Statement, ...]:
        monkeypatch.undo()
        ledger.ingest([SAMPLES])
        return shown()

    monkeypatch.setattr(catalog, "_shown", overtaken)
    catalog.renew_catalog(open_store(ledger.root))
    assert events_in(ledger.root / "catalog.duckdb", tmp_path) == 67


def test_a_catalog_stands_on_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load that left the cache behind, and one that commits while the cache follows."""
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([SAMPLES], refresh=False)
    follow = derive.refresh
    more = [1, 2]

    def overtaken(store: Store, **_: object) -> None:
        follow(store)
        if more:
            export = tmp_path / "more.jsonl"
            export.write_bytes(dump(envelope(more.pop())))
            ledger.ingest([export], refresh=False)

    monkeypatch.setattr(catalog, "refresh", overtaken)
    for _ in range(2):
        loaded = ledger.sql("SELECT count(*) FROM events").item()
        catalog.renew_catalog(open_store(ledger.root))
        assert events_in(ledger.root / "catalog.duckdb", tmp_path) == loaded
        assert not has_current_catalog(ledger), "that load makes its own"
    monkeypatch.undo()
    ledger.compact(everything=True)
    assert has_current_catalog(ledger)


def test_a_refresh_with_nothing_to_do_opens_one_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To open one takes longer than all it then does."""
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([SAMPLES])
    opened: list[object] = []
    connect = duckdb.connect

    def counted(*args: Any, **options: Any) -> duckdb.DuckDBPyConnection:
        opened.append(args)
        return connect(*args, **options)

    monkeypatch.setattr(duckdb, "connect", counted)
    ledger.refresh()
    assert opened == [()]
    with pytest.raises(BadParameter, match="is no amount of memory"):
        ledger.refresh(memory="much")


def test_a_catalog_of_commits_that_are_gone_is_replaced(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([SAMPLES])
    for name in ("events/00000001.parquet", "head.json"):
        (ledger.root / name).unlink()
    ledger.ingest([])
    assert events_in(ledger.root / "catalog.duckdb", tmp_path) == 0


def test_a_stale_catalog_is_renewed_by_the_next_ingest(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([])
    catalog = ledger.root / "catalog.duckdb"
    stale = catalog.read_bytes()
    ledger.ingest([SAMPLES])
    catalog.write_bytes(stale)
    assert events_in(catalog, tmp_path) == 0
    assert ledger.ingest([SAMPLES]).commits == []
    assert events_in(catalog, tmp_path) == 67


def test_a_catalog_that_is_current_is_left_as_it_is(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "o'ledger")
    catalog = ledger.root / "catalog.duckdb"
    for step in (lambda: ledger.ingest([SAMPLES]), ledger.refresh):
        step()
        made = catalog.stat().st_ino
        assert ledger.ingest([SAMPLES]).commits == []
        assert catalog.stat().st_ino == made


def test_a_copied_ledger_gets_a_catalog_of_its_own(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([SAMPLES])
    copy = ticketledger.open(shutil.copytree(ledger.root, tmp_path / "copy"))
    copy.ingest([])
    shutil.rmtree(ledger.root)
    assert events_in(copy.root / "catalog.duckdb", tmp_path) == 67


def _defined(path: Path) -> list[str]:
    """All that a catalog defines, with its comments."""
    asked = (
        "SELECT view_name, sql, comment FROM duckdb_views() WHERE NOT internal ORDER BY ALL",
        "SELECT table_name, column_name, comment FROM duckdb_columns() ORDER BY ALL",
        "SELECT function_name, parameters, macro_definition FROM duckdb_functions()"
        " WHERE function_type LIKE '%macro' AND NOT internal ORDER BY ALL",
    )
    with duckdb.connect(str(path), read_only=True) as con:
        told = [str(con.sql(query).fetchall()) for query in asked]
    return [re.sub(r'EXCLUDE \(([\w", ]+)\)', _in_order, each) for each in told]


def _in_order(found: re.Match[str]) -> str:
    """Names left out, sorted: the database prints them in any order."""
    return f"EXCLUDE ({', '.join(sorted(found[1].split(', ')))})"


def test_a_catalog_that_follows_a_commit_is_what_a_new_one_would_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([SAMPLES])
    store = open_store(ledger.root)
    adapted = []
    adapt = catalog._adapted

    def seen(*told: Any) -> bool:
        adapted.append(adapt(*told))
        return adapted[-1]

    monkeypatch.setattr(catalog, "_adapted", seen)
    ledger.ingest([ROOT / "data" / "demo" / "2026-03-week1.jsonl"])
    followed = _defined(store.catalog)
    store.catalog.write_bytes(b"no database")
    ledger.refresh()
    assert adapted == [True, False]
    assert followed == _defined(store.catalog)
    monkeypatch.setattr(catalog, "_definitions", lambda: "of another version")
    store.catalog.unlink()
    ledger.refresh()
    monkeypatch.undo()
    with duckdb.connect() as con:
        catalog.write_catalog(con, store, lambda done, whole: None)
    assert followed == _defined(store.catalog)


def test_a_catalog_of_files_that_were_merged_and_removed_meanwhile_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_bytes(dump(envelope(data={"ticket_id": name})))
        ledger.ingest(tmp_path / f"{name}.jsonl", refresh=False)
    write, merged = catalog._write_anew, list[bool]()

    def write_slowly(*args: Any) -> None:
        write(*args)
        if not merged:
            merged.append(True)
            ticketledger.open(tmp_path / "ledger").compact(everything=True, grace_s=0)

    monkeypatch.setattr(catalog, "_adapted", lambda *_: False)
    monkeypatch.setattr(catalog, "_write_anew", write_slowly)
    ledger.refresh()
    with duckdb.connect(str(tmp_path / "ledger" / "catalog.duckdb"), read_only=True) as con:
        assert con.sql("SELECT count(*) FROM events").fetchall() == [(2,)]
