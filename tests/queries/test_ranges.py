"""What is made of some tickets after the other is what is made of all at once."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

import ticketledger
from tests.conftest import IS_NIGHTLY, ROOT, SAMPLES
from ticketledger.models.errors import LedgerUnwritable
from ticketledger.queries import ranges, statements
from ticketledger.queries.answers import write_view
from ticketledger.queries.ranges import Range

HOURS = ROOT / "data" / "hours.toml"
PROMISES = ROOT / "data" / "promises.toml"
EVENTS = 20 if IS_NIGHTLY else 400


def _cut(monkeypatch: pytest.MonkeyPatch, events: int) -> list[Range]:
    """Cut ranges of so many events; returns those that are cut from now on."""
    told: list[Range] = []
    bind = Range.bind

    def noted(self: Range, con: duckdb.DuckDBPyConnection) -> None:
        told.append(self)
        bind(self, con)

    monkeypatch.setattr(ranges, "EVENTS_AT_ONCE", events)
    monkeypatch.setattr(Range, "bind", noted)
    return told


@pytest.mark.parametrize(
    "view", [name for name, view in statements("views").items() if view.by_ticket]
)
def test_ranges_add_up_to_the_whole(
    demo: ticketledger.Ledger, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    def ask() -> object:
        return demo.sql(f"FROM {view}", calendar=HOURS, sla=PROMISES, to="arrow")

    whole = ask()
    told = _cut(monkeypatch, EVENTS)
    assert ask() == whole
    assert len(told) > 2
    tickets = demo.sql("SELECT org_id, ticket_id FROM tickets_all ORDER BY ALL", to="arrow")
    keys = [(row["org_id"], row["ticket_id"]) for row in tickets.to_pylist()]
    assert [key for each in told for key in keys if _is_in(key, each)] == keys


def _is_in(key: tuple[str, str], each: Range) -> bool:
    return (each.first_org, each.first_ticket) <= key <= (each.last_org, each.last_ticket)


def test_a_feed_of_many_ranges_has_the_same_bytes(
    demo: ticketledger.Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.publish(tmp_path / "one", calendar=HOURS, sla=PROMISES)
    told = _cut(monkeypatch, EVENTS)
    demo.publish(tmp_path / "other", calendar=HOURS, sla=PROMISES)
    assert len(told) >= 4
    marts = sorted(path.name for path in (tmp_path / "one").glob("*.parquet"))
    assert len(marts) == len(statements("marts"))
    for name in marts:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()
    assert not list((tmp_path / "other").rglob("ticketledger-*")), "nothing is left"


def test_what_the_cache_does_not_serve_is_made_at_once(
    demo: ticketledger.Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The neighbours of a ticket may be of another range, and say whose a message is."""
    statuses = tmp_path / "statuses.toml"
    statuses.write_text('[statuses]\nactive = ["open"]\n')
    told = _cut(monkeypatch, EVENTS)
    query = "SELECT ticket_id FROM ticket_metrics"
    answers = [
        demo.sql(query, to="arrow", statuses=statuses),
        demo.sql(query, to="arrow", as_of=datetime(2026, 3, 10, tzinfo=UTC)),
        demo.sql(query, to="arrow", known_at=datetime(2100, 1, 1, tzinfo=UTC)),
    ]
    assert min(map(len, answers)) > 50
    assert told == []


def test_an_explanation_reads_one_ticket(
    demo: ticketledger.Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = demo.sql("FROM tickets ORDER BY event_count DESC LIMIT 1", to="arrow").to_pylist()[0]
    told = _cut(monkeypatch, EVENTS)
    assert len(demo.explain(ticket["ticket_id"], "agent_work_time", org_id=ticket["org_id"])) > 1
    assert told == [Range(*(ticket["org_id"], ticket["ticket_id"]) * 2)]


def test_a_log_without_tickets_has_no_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = SAMPLES.read_bytes().splitlines(keepends=True)
    (tmp_path / "a.jsonl").write_bytes(b"".join(it for it in texts if b'"message.created"' in it))
    ledger = ticketledger.open(tmp_path / "ledger")
    assert ledger.ingest([tmp_path / "a.jsonl"]).total.accepted > 1
    told = _cut(monkeypatch, 0)
    assert len(ledger.sql("FROM ticket_metrics", to="arrow")) == 0
    assert len(ledger.sql("FROM sla", to="arrow", sla=PROMISES)) == 0
    assert len(told) == 2


@pytest.mark.parametrize("is_full", [False, True])
def test_where_nothing_can_be_written_nothing_is_said_of_damage(
    demo: ticketledger.Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_full: bool
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path if is_full else tmp_path / "none"))
    _cut(monkeypatch, EVENTS)
    write = write_view

    def written(con: Any, view: str, path: Path) -> None:
        write(con, view, tmp_path / "gone" / path.name)

    if is_full:
        monkeypatch.setattr(ranges, "write_view", written)
    with pytest.raises(LedgerUnwritable, match=f"cannot write in `{tmp_path}") as told:
        demo.sql("FROM ticket_metrics", to="arrow")
    assert "TMPDIR" in told.value.hint
    assert not list(tmp_path.iterdir())
