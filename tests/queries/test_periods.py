"""Periods: a day is one of the zone that is asked for, and an end before the start is an error."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import TZPATH

import duckdb
import pytest

import ticketledger
from tests.conftest import SAMPLES
from tests.front.test_cli import run
from ticketledger import queries
from ticketledger.models.errors import BadParameter
from ticketledger.models.store import open_store
from ticketledger.models.zones import clock, zone_names
from ticketledger.queries import FeedRequest
from ticketledger.queries.session import session, show_in

from .answers import exported

ZONE = "Europe/Berlin"
DAY = {"from": "2026-03-29", "to": "2026-03-30"}
"""Clocks go forward: 23 hours, from 28 March 23:00 to 29 March 22:00 in UTC."""

CREATED = ("03-28T22:59:59", "03-28T23:00:00", "03-29T21:59:59", "03-29T22:00:00")


@pytest.fixture
def ledger(tmp_path: Path) -> ticketledger.Ledger:
    lines = []
    for number, time in enumerate(CREATED):
        told = {"ticket_id": f"T-{number}", "status": "open", "created_at": f"2026-{time}+00:00"}
        event = {"event": "ticket.created", "org_id": "o", "timestamp": told["created_at"]}
        lines.append(event | {"data": told})
    return exported(tmp_path, lines)


def _created(ledger: ticketledger.Ledger, period: dict[str, object], zone: str = ZONE) -> int:
    number: int = ledger.report("ticket_summary", period, timezone=zone)["created"].item()
    return number


def test_a_day_is_one_of_the_zone(ledger: ticketledger.Ledger) -> None:
    assert _created(ledger, {**DAY}) == 2
    assert _created(ledger, {**DAY}, "UTC") == 2  # the last two
    assert _created(ledger, {"from": date(2026, 3, 29), "to": datetime(2026, 3, 30)}) == 2  # noqa: DTZ001
    assert _created(ledger, {"from": "2026-03-29T00:00:01", "to": "2026-03-30"}) == 1
    assert _created(ledger, {"from": "2026-03-28T23:00:00Z", "to": "2026-03-28T23:00:01Z"}) == 1
    assert _created(ledger, {"as_of": "2026-03-29T00:00:00"}) == 2


def test_so_it_is_on_the_command_line(ledger: ticketledger.Ledger) -> None:
    def asked(*words: str) -> list[str]:
        done = run("report", "ticket_summary", "--format", "csv", *words, ledger=ledger.root)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode().splitlines()

    day = ("--from", DAY["from"], "--to", DAY["to"])
    created = asked(*day)[0].split(",").index("created")
    for words in ((*day, "--tz", ZONE), ("--tz", ZONE, *day)):
        row = asked(*words)[1].split(",")
        assert (row[1], row[created]) == ("4", "2")
    assert asked("--as-of", "2026-03-29", "--tz", ZONE)[1].split(",")[created] == "2"
    assert asked("--as-of", "2026-03-29")[1].split(",")[created] == "2"
    assert asked("--as-of", "2026-03-28T23:59:59", "--tz", ZONE)[1].split(",")[created] == "1"


def test_the_start_of_a_bucket_in_utc_is_told_in_utc(ledger: ticketledger.Ledger) -> None:
    rows = ledger.report("backlog_over_time", {"grain": "day"}, timezone=ZONE, to="arrow")
    told = rows.column("bucket_start_utc")
    assert str(told.type) == "timestamp[us, tz=UTC]"
    starts = [
        (utc.isoformat(), local.isoformat())
        for utc, local in zip(
            told.to_pylist(), rows.column("bucket_start_local").to_pylist(), strict=True
        )
    ]
    assert starts == [
        ("2026-03-27T23:00:00+00:00", "2026-03-28T00:00:00"),
        ("2026-03-28T23:00:00+00:00", "2026-03-29T00:00:00"),
        ("2026-03-29T22:00:00+00:00", "2026-03-30T00:00:00"),
    ]


def test_an_end_before_the_start_is_refused(ledger: ticketledger.Ledger) -> None:
    with pytest.raises(BadParameter, match="`to` is before `from`"):
        _created(ledger, {"from": "2026-03-30", "to": "2026-03-29"})
    assert _created(ledger, {"from": "2026-03-29", "to": "2026-03-29"}) == 0


def _has_clock(name: str) -> bool:
    try:
        clock(name)
    except BadParameter:
        return False
    return True


def test_every_zone_that_has_a_clock_here_is_known_to_the_database() -> None:
    files = {str(f.relative_to(root)) for root in TZPATH for f in Path(root).rglob("*")}
    named = set(filter(_has_clock, zone_names() | files | OTHERS))
    with duckdb.connect() as con:
        known = {row[0] for row in con.sql("SELECT name FROM pg_timezone_names()").fetchall()}
    assert named == zone_names()
    assert named <= known


OTHERS = {"localtime", "posix/Asia/Kolkata", "right/UTC", "posixrules", "Factory", "asia/kolkata"}
"""Names that Python, the database or both know, and IANA does not have for a zone."""


def test_other_names_are_refused_before_anything_is_written(
    samples: ticketledger.Ledger, tmp_path: Path
) -> None:
    feed, page = tmp_path / "feed", tmp_path / "page.html"
    for zone in OTHERS:
        with pytest.raises(BadParameter, match=f"no time zone named `{zone}`"):
            samples.report("ticket_summary", timezone=zone)
        with pytest.raises(BadParameter, match=f"no time zone named `{zone}`"):
            samples.publish(feed, timezone=zone)
    for words in (("report", "reopens"), ("publish", str(feed)), ("dashboard", "-o", str(page))):
        done = run(*words, "--tz", "localtime", ledger=samples.root)
        assert done.returncode == 2, words
        assert done.stderr.startswith(b"error: no time zone named `localtime`\nhint: ")
    assert list(tmp_path.iterdir()) == []


def test_a_zone_newer_than_the_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ticketledger.queries.session.clock", lambda name: None)
    told = "the database has no time zone named `Mars/Olympus`"
    with duckdb.connect() as con, pytest.raises(BadParameter, match=told):
        show_in(con, "Mars/Olympus")


NAIVE = datetime(2026, 3, 4)  # noqa: DTZ001
"""What has no offset is on the clock of the zone that is asked for."""


def test_an_instant_without_offset_is_on_the_clock_of_its_zone(
    samples: ticketledger.Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, object]] = []

    def asked(*given: object, **told: object) -> None:
        request = given[-1]
        seen.append(asdict(request) if isinstance(request, FeedRequest) else told)
        raise InterruptedError

    for name in ("picture", "dashboard_page", "restate", "publish", "compare_observed"):
        monkeypatch.setattr(queries, name, asked)
    for name in ("answer_sql", "answer_report", "answer_drill", "answer_explanation"):
        monkeypatch.setattr(queries, name, asked)
    both: dict[str, Any] = {"as_of": NAIVE, "known_at": NAIVE}
    for call in (
        lambda: samples.sql("FROM tickets", **both),
        lambda: samples.explain("T-1", "resolutions", **both),
        lambda: samples.reconcile(SAMPLES, known_at=NAIVE),
        lambda: samples.report("reopens", known_at=NAIVE, timezone=ZONE),
        lambda: samples.chart("reopens", known_at=NAIVE, timezone=ZONE),
        lambda: samples.drill("reopens", known_at=NAIVE, timezone=ZONE),
        lambda: samples.dashboard(**both, timezone=ZONE),
        lambda: samples.publish(tmp_path, **both, timezone=ZONE),
        lambda: samples.restatements("reopens", then=NAIVE, now=NAIVE, timezone=ZONE),
    ):
        with pytest.raises(InterruptedError):
            call()
        wanted = datetime(2026, 3, 4, tzinfo=clock(str(seen[-1].get("timezone", "UTC"))))
        instants = [v for k, v in seen[-1].items() if k in ("as_of", "known_at", "then", "now")]
        assert instants in ([wanted], [wanted, wanted])
        assert all(isinstance(each, datetime) and each.tzinfo for each in instants)


def test_instants_with_and_without_offset_cut_alike(samples: ticketledger.Ledger) -> None:
    query = "SELECT count(*) AS n FROM events"
    cut = samples.sql(query, as_of=NAIVE.replace(tzinfo=UTC)).item()
    assert 0 < cut < samples.sql(query).item()
    assert samples.sql(query, as_of=NAIVE).item() == cut
    assert samples.sql(query, known_at=NAIVE).item() == 0  # they were loaded later


ODD_ZONES = ("America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Berlin")
"""Clocks that change at 00:01, at 45 minutes, by half an hour, and as most do."""

UNTIL = "TIMESTAMPTZ '2011-12-31 12:00:00+00'"


@pytest.mark.parametrize("zone", [*ODD_ZONES, "Pacific/Apia"])
def test_half_hours_answer_as_the_zone_does(samples: ticketledger.Ledger, zone: str) -> None:
    with session(open_store(samples.root), "half_hours_of_buckets") as con:
        show_in(con, zone)
        con.execute(
            f"CREATE TABLE asked AS SELECT {UNTIL} - to_seconds(419 * n) AS instant"
            " FROM range(310_000) AS r (n)"
        )
        for grain in ("hour", "day", "week", "month", "quarter", "year"):
            asked, answered, wrong = con.sql(
                "SELECT count(*), count(bucket), count(*) FILTER (bucket <> bucket_of($g, instant))"
                f" FROM asked LEFT JOIN half_hours_of_buckets($g, {UNTIL})"
                " ON half_hour = half_hour_of(instant)",
                params={"g": grain},
            ).fetchall()[0]
            assert asked == 310_000
            assert wrong == 0, grain
            assert answered > (0.4 if grain == "hour" else 0.9) * asked, grain
        known = con.sql(
            f"SELECT min(instant) < (SELECT min(first_at) FROM half_hours({UNTIL})),"
            " count(*) FILTER (instant NOT BETWEEN first_at AND last_at)"
            f" FROM asked LEFT JOIN half_hours({UNTIL})"
            " ON half_hour = half_hour_of(instant)"
        ).fetchall()
        assert known == [(True, 0)], "also of instants before the first"


def test_utc_needs_no_half_hours_and_no_clock(samples: ticketledger.Ledger) -> None:
    """By another name it is a zone like all others, with the same buckets."""
    ends = (
        "NULL, 'infinity', '-infinity', '9999-12-31 23:59:59.999999+00', '0001-01-01 00:00:00+00'"
    )
    buckets = (
        "SELECT g, instant, bucket_of(g, instant) AS bucket"
        " FROM unnest(['hour', 'day', 'week', 'month', 'quarter', 'year', NULL]) AS grains (g),"
        " (SELECT TIMESTAMPTZ '2032-03-01' - to_microseconds(971_000_006_797 * n) AS instant"
        f" FROM range(4_000) AS r (n) UNION ALL SELECT unnest([{ends}])::TIMESTAMPTZ)"
    )
    with session(open_store(samples.root), "half_hours_of_buckets") as con:
        assert con.sql(f"FROM half_hours_of_buckets('day', {UNTIL})").fetchall() == []
        con.execute(f"CREATE TABLE plain AS {buckets}")
        show_in(con, "Etc/UTC")
        con.execute(f"CREATE TABLE asked AS {buckets}")
        assert con.sql("FROM plain EXCEPT FROM asked").fetchall() == []
        assert con.sql("SELECT count(bucket) FROM plain").fetchall() == [(6 * 4_004,)]


def test_instants_before_1970_have_no_half_hour(samples: ticketledger.Ledger) -> None:
    with session(open_store(samples.root), "half_hours") as con:
        first = con.sql("SELECT min(first_at) FROM half_hours(TIMESTAMPTZ '1971-01-01')").fetchall()
        assert first == [(datetime(1970, 1, 1, 0, 30, tzinfo=UTC),)]
        assert con.sql("FROM half_hours(TIMESTAMPTZ '1960-01-01')").fetchall() == []
        assert con.sql("FROM half_hours(NULL::TIMESTAMPTZ)").fetchall() == []
        assert con.sql("FROM half_hours('infinity'::TIMESTAMPTZ)").fetchall() == []
