"""Reports on where tickets went, against counts over the plain twin's versions."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ticketledger

from ..strategies import CLOCK, lifecycles, splittings, streams, with_ledgers, write_files
from ..twin import moves
from ..twin.events import Envelope
from ..twin.values import EPOCH
from .answers import ingested

AS_OF = max(CLOCK) + 40 * moves.DAY
FLOWS_IN = ("created", "reopened", "restored", "transfer_in")
FLOWS_OUT = ("resolved", "archived", "deleted", "transfer_out")
ZONES = ("UTC", "Asia/Kolkata", "America/St_Johns", "Asia/Beirut")


def _same(
    found: list[dict[str, Any]], expected: list[dict[str, Any]], keys: tuple[str, ...]
) -> None:
    told = {tuple(row[key] for key in keys): row for row in found}
    true = {tuple(row[key] for key in keys): row for row in expected}
    assert len(told) == len(found)
    assert told.keys() == true.keys()
    for key, row in true.items():
        for name, value in row.items():
            assert told[key][name] == (value if value is None else pytest.approx(value)), (
                key,
                name,
            )


@with_ledgers(each=3)
@given(
    st.one_of(streams(), lifecycles()),
    splittings,
    st.sampled_from(ZONES),
    st.sampled_from(("day", "week", "month")),
    st.sampled_from((None, "status", "assignee", "priority")),
)
def test_reports_of_flow_equal_counts_over_the_twin(
    stream: list[Envelope], seed: int, zone: str, grain: str, by: str | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        written = write_files(Path(folder), stream, seed)
        ledger, _ = ingested(Path(folder), written.paths, seed)
        ledger.refresh()  # four questions: a cache is cheaper than folding the log for each
        as_of = EPOCH + timedelta(microseconds=AS_OF)
        options = {"as_of": as_of, "grain": grain, "by": by or "none"}
        backlog = ledger.report("backlog_over_time", options, timezone=zone, to="arrow")
        reopens = ledger.report("reopens", {"as_of": as_of}, to="arrow").to_pylist()
        steps = ledger.report("status_transitions", {"as_of": as_of}, to="arrow").to_pylist()
        ages = ledger.report("ageing_buckets", {"as_of": as_of, "days": 39}, to="arrow").to_pylist()
    found = [
        {**row, "bucket_start_utc": moves.micros(row["bucket_start_utc"])}
        for row in backlog.to_pylist()
    ]
    expected = moves.backlog(stream, AS_OF, zone, grain, by)
    _same(found, expected, ("org_id", "bucket_start_utc", "dimension"))
    _same(reopens, moves.reopens(stream, AS_OF), ("org_id", "closer"))
    told = {
        (r["org_id"], r["from_status"], r["to_status"], r["direction"] == "create"): r
        for r in steps
    }
    true = moves.transitions(stream)
    assert told.keys() == true.keys()
    for key, row in true.items():
        assert {name: told[key][name] for name in row} == pytest.approx(row), key
    assert {
        (r["org_id"], r["age"], r["status"], r["priority"]): (r["tickets"], r["tickets_prior"])
        for r in ages
    } == moves.ages(stream, AS_OF, 39)


@pytest.mark.parametrize("grain", ["hour", "day", "week", "month", "quarter", "year"])
@pytest.mark.parametrize("by", ["none", "status", "assignee", "priority"])
def test_every_bucket_adds_up_and_hands_on(demo: ticketledger.Ledger, grain: str, by: str) -> None:
    options = {"grain": grain, "by": by}
    rows = demo.report("backlog_over_time", options, timezone="Europe/Berlin").to_dicts()
    last: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row["org_id"], row["dimension"])
        assert row["opening"] == last.get(key, 0)
        came, went = (sum(row[name] for name in names) for names in (FLOWS_IN, FLOWS_OUT))
        assert row["closing"] == row["opening"] + came - went
        last[key] = row["closing"]
    now = demo.sql(
        "SELECT org_id, count(*) FROM tickets WHERE status IN ('open', 'inprogress') GROUP BY 1"
    ).rows()
    by_org: dict[str, int] = {}
    for (org_id, _), closing in last.items():
        by_org[org_id] = by_org.get(org_id, 0) + closing
    assert {org_id: count for org_id, count in by_org.items() if count} == dict(now)


def test_transfers_cancel_out_over_the_dimension(demo: ticketledger.Ledger) -> None:
    rows = demo.report("backlog_over_time", {"grain": "week", "by": "assignee"}).to_dicts()
    weeks: dict[Any, int] = {}
    for row in rows:
        key = (row["org_id"], row["bucket_start_utc"])
        weeks[key] = weeks.get(key, 0) + row["transfer_in"] - row["transfer_out"]
    assert set(weeks.values()) == {0}
    assert sum(row["transfer_in"] for row in rows) > 0


def test_a_period_cuts_rows_and_changes_none(demo: ticketledger.Ledger) -> None:
    every = demo.report("backlog_over_time").to_dicts()
    since, until = datetime(2026, 3, 3, 15, tzinfo=UTC), datetime(2026, 3, 5, tzinfo=UTC)
    some = demo.report("backlog_over_time", {"from": since, "to": until}).to_dicts()
    begin = datetime(2026, 3, 3, tzinfo=UTC)
    assert some == [row for row in every if begin <= row["bucket_start_utc"] < until]
    assert some


def test_days_follow_the_clock_of_the_zone(tmp_path: Path) -> None:
    """A day of the change to summer time has 23 hours, one of the change back 25."""
    arrivals = (
        "2026-03-28T22:59:00Z",
        "2026-03-28T23:00:00Z",
        "2026-03-29T21:59:59Z",
        "2026-03-29T22:00:00Z",
        "2026-10-24T22:00:00Z",
        "2026-10-25T22:59:59Z",
    )
    lines = [
        json.dumps(
            {
                "event": "ticket.created",
                "org_id": "o",
                "timestamp": at,
                "data": {"ticket_id": f"T-{number}", "status": "open"},
            }
        )
        for number, at in enumerate(arrivals)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([tmp_path / "a.jsonl"])
    rows = ledger.report("backlog_over_time", timezone="Europe/Berlin").to_dicts()
    created = {str(r["bucket_start_local"].date()): r["created"] for r in rows if r["created"]}
    assert created == {"2026-03-28": 1, "2026-03-29": 2, "2026-03-30": 1, "2026-10-25": 2}
    assert len(rows) == 212
    assert {str(r["bucket_start_local"].time()) for r in rows} == {"00:00:00"}
