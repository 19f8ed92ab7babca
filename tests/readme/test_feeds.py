"""The recipes of data/FEEDS.md run on a feed, and show something."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import duckdb
import pytest

import ticketledger
from tests.conftest import ROOT

TEXT = (ROOT / "data" / "FEEDS.md").read_text("utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
SQL = re.findall(r"^```sql\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def feed(demo: ticketledger.Ledger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recipes") / "feed"
    demo.publish(folder, sla=ROOT / "data" / "promises.toml")
    return folder


@pytest.mark.parametrize("recipe", PYTHON)
def test_a_python_recipe_shows_something(recipe: str, feed: Path) -> None:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(compile(recipe.replace("/srv/feed", str(feed)), "FEEDS.md", "exec"), {})
    assert len(shown.getvalue()) > 20


@pytest.mark.parametrize("recipe", SQL)
def test_a_query_gives_rows(recipe: str, feed: Path) -> None:
    with duckdb.connect(str(feed / "feed.duckdb"), read_only=True) as con:
        assert len(con.sql(recipe).fetchall()) > 2


def test_what_was_run_is_what_says_so() -> None:
    sections = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
    for section in sections:
        title = section.partition("\n")[0]
        assert ("```" in section) == ("tested)" in title and "untested" not in title) or (
            "shell" in title
        ), title
