"""What a Python program may ask of a ledger, and how it hears of what it may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import ticketledger
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


def test_a_file_is_no_ledger(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    path.write_text("{}")
    with pytest.raises(LedgerMissing, match="no ledger in"):
        ticketledger.open(path).sql("SELECT 1")
