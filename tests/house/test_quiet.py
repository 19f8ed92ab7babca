"""stdout is data: no connection of ours draws a progress bar there."""

from __future__ import annotations

import re

import duckdb

from ticketledger.models.quiet import quiet

from ..conftest import ROOT


def test_a_quiet_connection_draws_nothing() -> None:
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = true")  # as in a notebook, or with `python -c`
        told = quiet(con).sql("SELECT current_setting('enable_progress_bar')")
        assert told.fetchall() == [(False,)]


def test_every_connection_of_the_product_is_quiet() -> None:
    opened = [
        (path.name, line)
        for room in ("ingest", "queries", "ticketledger")
        for path in (ROOT / room).rglob("*.py")
        for line in path.read_text().splitlines()
        if re.search(r"\bduckdb\.connect\(", line)
    ]
    assert len(opened) > 5
    assert [each for each in opened if "quiet(duckdb.connect(" not in each[1]] == []
