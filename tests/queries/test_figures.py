"""The page's figures are those of its reports, also where one answer serves several periods."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import ticketledger
from ticketledger.models.store import open_store
from ticketledger.queries import charts, statements
from ticketledger.queries.cells import plain, values
from ticketledger.queries.chart import picture
from ticketledger.queries.figures import figures
from ticketledger.queries.periods import PERIODS, bounds
from ticketledger.queries.run import opened_report
from ticketledger.queries.session import in_zone

REPORTS = statements("reports")
ZONE = "Europe/Berlin"
CUT = [name for name, report in REPORTS.items() if report.cut_by]


def test_some_reports_are_cut() -> None:
    assert CUT == ["backlog_over_time", "cumulative_flow", "cycle_time_scatter"]


@pytest.mark.parametrize("name", CUT)
@pytest.mark.parametrize("day", ["2026-03-10", "2026-03-29", "2026-03-30"])
def test_from_does_nothing_but_leave_out_earlier_rows(
    demo: ticketledger.Ledger, name: str, day: str
) -> None:
    """Around the night in which the clocks go forward."""
    local = datetime.fromisoformat(day)
    since = local.replace(tzinfo=ZoneInfo(ZONE))
    whole = demo.report(name, to="arrow", timezone=ZONE)
    rows = demo.report(name, {"from": since}, to="arrow", timezone=ZONE)
    assert 0 < len(rows) < len(whole)
    assert rows.equals(whole.filter(pc.greater_equal(whole.column(REPORTS[name].cut_by), local)))


@pytest.mark.parametrize("name", ["backlog_over_time", "cumulative_flow"])
@pytest.mark.parametrize("zone", [ZONE, "Africa/Cairo", "America/Havana"])
def test_a_period_does_nothing_but_leave_out_buckets(
    demo: ticketledger.Ledger, name: str, zone: str
) -> None:
    chance = random.Random(zone)
    first = datetime(2026, 2, 25, tzinfo=UTC)
    seen = 0
    with opened_report(open_store(demo.root), name, timezone=zone) as (con, report, given):
        for grain in ("hour", "day", "week", "month", "year"):
            since, until = sorted(
                first + timedelta(seconds=chance.randrange(3_456_000)) for _ in "ab"
            )
            asked = {
                **given,
                "grain": grain,
                "as_of": until + timedelta(hours=chance.randrange(99)),
            }
            period = {"from": since, "to": until}
            whole, rows = (
                con.sql(report.sql, params=params).to_arrow_table()
                for params in (asked, {**asked, **period})
            )
            starts = whole["bucket_start_utc"].to_pylist()
            last = max((at for at in starts if at <= since), default=min(starts))
            assert rows.equals(whole.filter(pa.array([last <= at < until for at in starts])))
            seen += len(rows)
    assert seen > 10


def test_one_event_of_the_last_year_costs_no_millions_of_days(tmp_path: Path) -> None:
    lines = [
        {
            "event": name,
            "org_id": "o",
            "timestamp": at,
            "data": {"ticket_id": "T", "status": status},
        }
        for name, at, status in (
            ("ticket.created", "2026-03-02T09:00:00Z", "open"),
            ("ticket.updated", "9999-12-31T23:59:59Z", "closed"),
        )
    ]
    (tmp_path / "export.jsonl").write_text("\n".join(map(json.dumps, lines)))
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([tmp_path / "export.jsonl"])
    week = ledger.report("backlog_over_time", {"from": "9999-12-25"})
    assert week["opening"].to_list() == [1] * 7
    assert week["resolved"].to_list() == [0] * 6 + [1]
    flow = ledger.report("cumulative_flow", {"from": "9999-12-25"})
    assert flow["wip"].to_list() == [1] * 6 + [0]
    with figures(open_store(ledger.root)) as asked:
        drawn = asked.of("1w")["o"]["tables"]["backlog_over_time"]
        assert len(drawn["rows"]) == 7
        assert max(len(table) for table in asked._answers.values()) < 10_000


@pytest.mark.parametrize(
    ("instant", "zone"),
    [
        ("0001-01-01T00:00:00Z", "America/New_York"),
        ("0001-02-20T00:00:00Z", "Asia/Kolkata"),
        ("9999-12-31T23:59:59Z", "Asia/Kolkata"),
    ],
)
def test_the_first_and_the_last_year_have_periods(tmp_path: Path, instant: str, zone: str) -> None:
    told = {"ticket_id": "T-1", "status": "open", "created_at": instant}
    line = {"event": "ticket.created", "org_id": "o", "timestamp": instant, "data": told}
    (tmp_path / "export.jsonl").write_text(json.dumps(line))
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([tmp_path / "export.jsonl"])
    store = open_store(ledger.root)
    with figures(store, timezone=zone) as asked:
        assert asked.as_of is not None
        for period in PERIODS:
            assert asked.of(period)["o"]["header"]["created"]["value"] == 1
        assert in_zone(asked.as_of, zone)[:4] == instant[:4]
    assert picture(store, "ageing_buckets", timezone=zone).startswith(b"<svg")


def test_an_organisation_that_fell_silent_has_the_grain_of_its_age(tmp_path: Path) -> None:
    lines = [
        {"event": "ticket.created", "org_id": org, "timestamp": f"{day}T09:00:00Z", "data": data}
        for org, day in (("silent", "2024-01-01"), ("silent", "2024-01-20"), ("b", "2026-03-02"))
        for data in [{"ticket_id": day, "status": "open"}]
    ]
    (tmp_path / "export.jsonl").write_text("\n".join(map(json.dumps, lines)))
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([tmp_path / "export.jsonl"])
    with figures(open_store(ledger.root)) as asked:
        assert asked._grain(None) == "week"
    with figures(open_store(ledger.root), as_of=datetime(2027, 3, 2, tzinfo=UTC)) as asked:
        assert asked._grain(None) == "month"


def test_every_chart_has_the_rows_of_its_report(demo: ticketledger.Ledger) -> None:
    """For each period; what has no part in the shared answers is looked at for one."""
    with figures(open_store(demo.root), timezone=ZONE) as told:
        asked = []
        for period in PERIODS:
            assert told.as_of is not None
            since, _ = bounds(period, told.as_of, ZONE)
            asked.append((period, since, told._grain(since), told.of(period)))
    for period, since, grain, found in asked:
        for name, (chart, _) in charts().items():
            if name not in CUT and period != "4w":
                continue
            given = {"from": since, "grain": grain, **chart.params}
            params = {key: value for key, value in given.items() if key in REPORTS[name].params}
            rows = demo.report(name, params, to="arrow", timezone=ZONE)
            for org_id, shown in found.items():
                mine = rows.filter(pc.equal(rows.column("org_id"), org_id))
                kept = mine if chart.last is None else mine.slice(max(len(mine) - chart.last, 0))
                columns = [map(plain, values(kept.column(each))) for each in chart.columns]
                expected = [list(row) for row in zip(*columns, strict=True)]
                assert shown["tables"][name]["rows"] == expected, (period, name, org_id)
                assert shown["tables"][name]["total"] == len(mine), (period, name, org_id)
