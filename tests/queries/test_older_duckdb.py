"""Tools bring a DuckDB of their own: what is written for them an older one reads alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ticketledger
from tests.conftest import PIP_INSTALL

OLDEST = "1.3.2"
"""What README.md promises."""

READ = """
import json, sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as con:
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")
    views = con.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    told = {
        source: sorted(con.sql(f"SELECT columns(*)::VARCHAR FROM {source}").fetchall(), key=repr)
        for source in (*(name for name, in views), *sys.argv[2:])
    }
print(json.dumps([duckdb.__version__, told]))
"""


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an older DuckDB, for `PYTHONPATH`."""
    folder = tmp_path_factory.mktemp("older")
    made = subprocess.run(
        [*PIP_INSTALL, "--no-deps", "--only-binary=:all:", "--target", folder, f"duckdb=={OLDEST}"],
        capture_output=True,
        text=True,
    )
    if made.returncode:
        pytest.skip(f"DuckDB {OLDEST} cannot be installed here: {made.stderr.strip()[-200:]}")
    return folder


def read(path: Path, *sources: str, modules: Path | None = None) -> tuple[str, dict[str, Any]]:
    """Return the version of the DuckDB that reads, and the rows of all views and more sources."""
    done = subprocess.run(
        [sys.executable, "-c", READ, path, *sources],
        env=os.environ | ({"PYTHONPATH": str(modules)} if modules else {}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    version, told = json.loads(done.stdout)
    return version, told


def test_an_older_duckdb_reads_the_catalog_alike(demo: ticketledger.Ledger, older: Path) -> None:
    path = demo.root / "catalog.duckdb"
    then = "TIMESTAMPTZ '2026-03-10 12:00:00+00'"
    macros = [f"tickets_at({then})", f"chats_at({then})", f"tickets_all_at({then})"]
    version, told = read(path, *macros, modules=older)
    assert version == OLDEST
    assert told == read(path, *macros)[1]
    assert {"tickets", "ticket_history", "ticket_metrics", "messages"} <= told.keys()
    assert all(told[name] for name in ("ticket_metrics", *macros))


def test_an_older_duckdb_reads_a_feed_alike(
    demo: ticketledger.Ledger, older: Path, tmp_path: Path
) -> None:
    published = demo.publish(tmp_path / "feed")
    version, told = read(tmp_path / "feed" / "feed.duckdb", modules=older)
    assert version == OLDEST
    assert told == read(tmp_path / "feed" / "feed.duckdb")[1]
    assert {each.mart: each.rows for each in published} == {
        name: len(rows) for name, rows in told.items()
    }
