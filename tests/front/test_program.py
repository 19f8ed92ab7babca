"""What a Python program may ask of a ledger, and how it hears of what it may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import ticketledger
from ticketledger.cli import cli
from ticketledger.models.errors import BadParameter, LedgerMissing

Ledger = ticketledger.Ledger


def test_instants_may_be_text(samples: Ledger) -> None:
    then = datetime(2100, 1, 1, tzinfo=UTC)
    query = "SELECT count(*) AS n FROM events"
    both = [samples.sql(query, known_at=at).item() for at in (then, "2100-01-01")]
    assert both[0] == both[1] > 0
    assert samples.report("backlog_now", known_at="2001-01-01").is_empty()


wrong: Any = "pandas"  # of types that a checker would refuse


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda it: it.sql("SELECT 1", to=wrong), "rows cannot be had as `pandas`"),
        (lambda it: it.tickets(to=wrong), "rows cannot be had as `pandas`"),
        (lambda it: it.sql("SELECT 1", known_at="soon"), "`soon` is no instant"),
        (lambda it: it.restatements("touches", then=None), "`then` is missing"),
        (lambda it: it.compact(grace_s=-1), "`-1` is too little for `grace_s`"),
        (lambda it: it.compact(max_bytes=-5), "`-5` is too little for `max_bytes`"),
        (lambda it: it.explain(1, "reopens"), "no ticket `1`"),
    ],
)
def test_what_cannot_be_is_a_wrong_request(
    samples: Ledger, ask: Callable[[Any], object], told: str
) -> None:
    with pytest.raises(BadParameter, match=told):
        ask(samples)


URL = "s3://tickets/x"


@pytest.mark.parametrize(
    "ask",
    [
        lambda it: it.publish(URL),
        lambda it: it.publish(Path(URL)),
        lambda it: it.ingest(Path(URL)),
        lambda it: ticketledger.open(Path(URL)),
    ],
)
def test_a_url_is_no_path(
    samples: Ledger, ask: Callable[[Any], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadParameter, match=r"`s3:/.*tickets/x` is a URL, and no path"):
        ask(samples)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [
        ["publish", URL],
        ["dashboard", "-o", f"{URL}.html"],
        ["sql", "SELECT 1", "-o", f"{URL}.csv"],
        ["report", "reopens", "--sla", f"{URL}.toml"],
    ],
)
def test_a_url_is_no_file_of_a_command(
    samples: Ledger, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, [*command, "--ledger", str(samples.root)])
    assert isinstance(done.exception, BadParameter)
    assert "is a URL, and no path" in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_ledger(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    path.write_text("{}")
    with pytest.raises(LedgerMissing, match="no ledger in"):
        ticketledger.open(path).sql("SELECT 1")
