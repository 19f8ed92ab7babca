"""SQL files: front matter, one statement each, and what each stands on."""

from __future__ import annotations

import re

import duckdb
import pytest

import ticketledger
from ticketledger.models.store import open_store
from ticketledger.queries.session import session
from ticketledger.queries.statement import Room, definitions, read_statement, statements

ROOMS: tuple[Room, ...] = ("macros", "views", "reports", "checks", "comparisons", "marts")
VIEWS = statements("views")


@pytest.mark.parametrize("room", ROOMS)
def test_every_file_holds_one_statement_and_a_title(room: Room) -> None:
    assert statements(room)
    for name, statement in statements(room).items():
        assert len(duckdb.extract_statements(statement.sql)) == 1, name
        assert statement.title, name


@pytest.mark.parametrize("room", [*ROOMS, "derived", "spark"])
def test_no_window_counts_with_a_filter(room: Room) -> None:
    """DuckDB counts such a window anew for each row: 9 s for one of 200,000 rows, 0.02 without."""
    for name, statement in statements(room).items():
        assert not re.search(
            r"count\(\*\)\s+FILTER\s*\([^()]*(\([^()]*\)[^()]*)*\)\s+OVER", statement.sql
        ), name


def test_every_definition_creates_the_name_of_its_file() -> None:
    for room, kind in (("macros", "MACRO"), ("views", "VIEW")):
        for name, statement in statements(room).items():
            assert f"CREATE OR REPLACE {kind} {name}" in statement.sql


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_works_with_only_what_it_names(name: str, samples: ticketledger.Ledger) -> None:
    with session(open_store(samples.root), name) as con:
        con.sql(f"SELECT count(*) FROM {name}").fetchall()


@pytest.mark.parametrize("name", [name for name, view in VIEWS.items() if not view.internal])
def test_public_views_have_the_columns_they_declare(
    name: str, samples: ticketledger.Ledger
) -> None:
    with session(open_store(samples.root), name) as con:
        found = {row[0]: row[1] for row in con.sql(f"DESCRIBE {name}").fetchall()}
    assert found == {column: told.type for column, told in VIEWS[name].columns.items()}


def test_definitions_come_after_those_they_stand_on() -> None:
    order = [statement.name for statement in definitions()]
    assert order.index("ledger_events") < order.index("ticket_folds") < order.index("tickets")
    assert [s.name for s in definitions("SELECT 1")] == []
    assert [s.name for s in definitions("FROM loads")] == ["commits", "loads"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT 1", "must start with a comment of TOML"),
        ("/*---\ntitle = \n---*/\nSELECT 1", "broken.sql"),
        ('/*---\ntitle = "x"\ntitel = "y"\n---*/\nSELECT 1', "titel"),
        (
            '/*---\ntitle = "x"\n[params.a]\ntype = "INT"\nhelp = ""\n---*/\nSELECT 1',
            "params.a.type",
        ),
    ],
)
def test_front_matter_that_is_off_names_file_and_key(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_statement("broken", text)
