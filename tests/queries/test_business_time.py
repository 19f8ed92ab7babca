"""Business time: the SQL clock against a plain walk from day to day, and where it ends.

`TICKETLEDGER_TEST_SIZE=nightly` compares 100,000 intervals, the quick setting a few thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import IS_NIGHTLY
from ticketledger.models.calendar import Calendars
from ticketledger.models.openings import openings
from ticketledger.queries.calendars import segments
from ticketledger.queries.settings import bind as bind_rows
from ticketledger.queries.statement import as_table, definitions, statements

from ..strategies.calendars import ZONES, Interval, calendars, intervals
from ..twin.calendars import BEGIN, END, Walk

EXAMPLES, EACH = (500, 200) if IS_NIGHTLY else (15, 100)
SECOND_US = 1_000_000
HOUR_US = 3_600 * SECOND_US

ASKED = pa.schema(
    {
        "number": pa.int64(),
        "calendar": pa.string(),
        "since": pa.timestamp("us", "UTC"),
        "until": pa.timestamp("us", "UTC"),
        "target_us": pa.int64(),
    }
)
ANSWERS = """
SELECT
    business_us(calendar, since, until) AS business_us,
    business_time_us AS joined_us,
    epoch_us(business_at(calendar, since, target_us)) AS business_at,
    is_business_time(calendar, until) AS is_business_time
FROM with_business_us(asked)
ORDER BY number
"""
JOINED = ("with_business_us", "with_always_open_us")
OFFICE = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that has the macros and nothing of a ledger."""
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        for statement in definitions(ANSWERS):
            if statement.name not in ("calendar_segments", "calendar_rules", "calendar_pieces"):
                con.execute(statement.sql)
        yield con


def bind(con: duckdb.DuckDBPyConnection, made: Calendars) -> None:
    """Make tables of what a session makes tables of."""
    bind_rows(con, "calendar_segments", segments(made))
    con.execute(as_table(statements("views")["calendar_pieces"].sql))


def answers(
    con: duckdb.DuckDBPyConnection, made: Calendars, asked: list[tuple[str, Interval]]
) -> list[dict[str, Any]]:
    """Return what the macros say of each calendar and interval, instants as microseconds."""
    bind(con, made)
    rows = [
        dict(zip(ASKED.names, (number, name, *interval), strict=True))
        for number, (name, interval) in enumerate(asked)
    ]
    con.register("asked", pa.Table.from_pylist(rows, schema=ASKED))
    told: list[dict[str, Any]] = con.sql(ANSWERS).to_arrow_table().to_pylist()
    assert [row.pop("joined_us") for row in told] == [row["business_us"] for row in told]
    return told


def us(moment: datetime) -> int:
    return (moment - BEGIN) // timedelta(microseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(told=calendars(), seed=st.integers(min_value=0, max_value=2**32))
def test_the_clock_is_that_of_a_walk_from_day_to_day(
    con: duckdb.DuckDBPyConnection, told: dict[str, Any], seed: int
) -> None:
    walk = Walk(told)
    asked = intervals(told, seed, EACH)
    made = Calendars.model_validate({"calendars": {"c": told}})
    expected = []
    for since, until, target_us in asked:
        reached = walk.business_at(since, target_us)
        expected.append(
            {
                "business_us": walk.business_us(since, until),
                "business_at": None if reached is None else us(reached),
                "is_business_time": walk.is_open(until),
            }
        )
    assert answers(con, made, [("c", interval) for interval in asked]) == expected
    edges = [edge for opened in zip(*openings(made.calendars["c"]), strict=True) for edge in opened]
    assert edges == sorted(set(edges))


@pytest.mark.parametrize("zone", ZONES)
def test_intervals_of_decades_are_exact(con: duckdb.DuckDBPyConnection, zone: str) -> None:
    """Every weekday from nine to five local time, through all jumps: eight hours each."""
    made = Calendars.model_validate({"calendars": {"c": {"zone": zone, "week": OFFICE}}})
    whole = (BEGIN + timedelta(days=365), END - timedelta(days=365), 100_000 * HOUR_US)
    walk = Walk({"zone": zone, "week": OFFICE})
    (told,) = answers(con, made, [("c", whole)])
    assert told["business_us"] == walk.business_us(*whole[:2])
    reached = walk.business_at(whole[0], whole[2])
    assert reached is not None
    assert told["business_at"] == us(reached)
    # 128 years have 33,394 weekdays, give or take one at each end; Apia skipped a Friday.
    days = 33_393 if zone == "Pacific/Apia" else 33_394
    assert abs(told["business_us"] - days * 8 * HOUR_US) <= 8 * HOUR_US


def test_spans_that_touch_are_one_opening() -> None:
    whole = {day: ["00:00-12:00", "12:00-24:00"] for day in (*OFFICE, "sat", "sun")}
    told = {"zone": "Africa/Cairo", "week": whole}  # its days begin at 01:00 when summer begins
    made = Calendars.model_validate({"calendars": {"c": told}})
    assert openings(made.calendars["c"]) == ([0], [us(END) // SECOND_US])


CASES = [
    # the night in which Berlin skips 02:00 to 03:00, and that in which it has it twice
    (["22:00-06:00"], "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z", 7),
    (["22:00-06:00"], "2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z", 9),
    # 02:30 is the first of the two: half an hour before it, and the rest of the night after it
    (["00:00-02:30"], "2026-10-24T20:00:00Z", "2026-10-25T09:00:00Z", 2.5),
    (["02:30-04:00"], "2026-10-24T20:00:00Z", "2026-10-25T09:00:00Z", 2.5),
    # a whole day has 23, 25 or 24 hours
    (["00:00-24:00"], "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23),
    (["00:00-24:00"], "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25),
    (["00:00-12:00", "12:00-24:00"], "2026-06-06T22:00:00Z", "2026-06-07T22:00:00Z", 24),
]


@pytest.mark.parametrize(("spans", "since", "until", "hours"), CASES)
def test_nights_of_berlin_in_hours(
    con: duckdb.DuckDBPyConnection, spans: list[str], since: str, until: str, hours: float
) -> None:
    told = {"zone": "Europe/Berlin", "week": {"sat": spans, "sun": spans}}
    if len(spans) == 1 and spans[0].startswith("22"):
        told["week"] = {"sat": spans}
    made = Calendars.model_validate({"calendars": {"c": told}})
    (row,) = answers(con, made, [("c", (at(since), at(until), 0))])
    assert row["business_us"] == hours * HOUR_US


def test_a_night_belongs_to_the_day_it_starts_on(con: duckdb.DuckDBPyConnection) -> None:
    """The shift of the eve runs into the holiday; the shift of the holiday is not worked."""
    told = {
        "zone": "UTC",
        "week": {"thu": ["22:00-06:00"], "fri": ["22:00-06:00"]},
        "days": {"2026-12-25": []},  # a Friday
        "versions": [{"valid_from": "2027-01-01", "week": {"mon": ["09:00-10:00"]}}],  # a Friday
    }
    made = Calendars.model_validate({"calendars": {"c": told}})
    christmas = (at("2026-12-24T12:00:00Z"), at("2026-12-26T12:00:00Z"), 0)
    new_year = (at("2026-12-31T12:00:00Z"), at("2027-01-02T12:00:00Z"), 0)
    rows = answers(con, made, [("c", christmas), ("c", new_year)])
    assert [row["business_us"] for row in rows] == [8 * HOUR_US, 8 * HOUR_US]


def test_targets_are_met_to_the_microsecond(con: duckdb.DuckDBPyConnection) -> None:
    made = Calendars.model_validate({"calendars": {"c": {"zone": "UTC", "week": OFFICE}}})
    friday = at("2026-03-06T16:00:00Z")
    saturday = at("2026-03-07T12:00:00Z")
    asked = [
        (friday, friday, HOUR_US),  # to the end of the day, not to Monday's opening
        (friday, friday, HOUR_US + 1),
        (saturday, saturday, HOUR_US),  # outside of hours it starts with the next opening
        (saturday, saturday, 0),
        (friday, friday, 10**15),  # beyond 2099
    ]
    rows = answers(con, made, [("c", interval) for interval in asked])
    assert [row["business_at"] for row in rows] == [
        us(at("2026-03-06T17:00:00Z")),
        us(at("2026-03-09T09:00:00.000001Z")),
        us(at("2026-03-09T10:00:00Z")),
        us(saturday),
        None,
    ]


def test_segments_begin_and_end_with_what_is_known() -> None:
    made = Calendars.model_validate({"calendars": {"c": {"zone": "UTC", "week": OFFICE}}})
    first, second, *_, last = segments(made).to_pylist()
    assert (first["open_at"], first["close_at"], first["cum_us"]) == (BEGIN, BEGIN, 0)
    assert (second["open_at"], second["cum_us"]) == (BEGIN + timedelta(hours=9), 0)  # a Thursday
    assert (last["open_at"], last["close_at"], last["cum_us"]) == (END, None, None)


def test_what_is_not_known_is_null(con: duckdb.DuckDBPyConnection) -> None:
    told = {"zone": "UTC", "week": {day: ["00:00-24:00"] for day in (*OFFICE, "sat", "sun")}}
    made = Calendars.model_validate({"calendars": {"c": told}})
    noon = at("2026-03-06T12:00:00Z")
    late, early = END, BEGIN - timedelta(microseconds=1)
    asked = [
        ("c", (noon, late, 1)),
        ("c", (late, noon, 1)),
        ("c", (early, noon, 1)),
        ("another", (noon, noon, 1)),
        ("c", (noon, noon, 1)),
        ("c", (noon, noon - timedelta(hours=1), 1)),
        ("c", (BEGIN, END - timedelta(microseconds=1), us(END))),
    ]
    rows = answers(con, made, asked)
    assert [row["business_us"] for row in rows] == [None, None, None, None, 0, 0, us(END) - 1]
    assert [row["business_at"] is None for row in rows] == [0, 1, 1, 1, 0, 0, 0]
    nulls = con.sql(
        "SELECT business_us(NULL, $t, $t), business_us('c', NULL, $t), business_us('c', $t, NULL),"
        " business_us('c', $t, 'infinity'), business_us('c', '-infinity', $t),"
        " business_at('c', NULL, 1), business_at('c', $t, NULL), business_at(NULL, $t, 1),"
        " is_business_time('c', NULL)",
        params={"t": noon},
    ).fetchall()
    assert nulls == [(None,) * 9]


def test_many_rows_are_joined_with_the_clock_at_once(con: duckdb.DuckDBPyConnection) -> None:
    """It is written like a subquery; if it were run like one, a report would take hours."""
    bind(con, Calendars.model_validate({"calendars": {"c": {"zone": "UTC", "week": OFFICE}}}))
    many = "(SELECT make_timestamptz(i) AS t FROM range(1000000) AS r(i))"
    for macro, asof_joins in (("business_us('c', t, t)", 0), ("business_at('c', t, 1)", 1)):
        ((_, plan),) = con.execute(f"EXPLAIN SELECT {macro} FROM {many}").fetchall()
        assert plan.count("Asof Join") == asof_joins
        assert plan.count("Hash Join") >= 2
        assert "Nested Loop" not in plan
        assert "Blockwise" not in plan
    spans = f"(SELECT 'c' AS calendar, t AS since, t AS until FROM {many})"
    con.execute(f"CREATE OR REPLACE TEMP VIEW spans AS FROM {spans}")
    ((_, plan),) = con.execute(
        "EXPLAIN SELECT business_time_us FROM with_business_us(spans)"
    ).fetchall()
    assert plan.count("Hash Join") == 2
    assert "Delim" not in plan
    assert "Nested Loop" not in plan


def test_always_open_is_a_calendar_that_never_closes() -> None:
    """What a session without opening hours says in its place, of arguments of any type and zone."""
    moments = [
        "NULL", "'2026-03-29'", "DATE '2026-03-29'", "TIMESTAMP '2026-03-29 12:00:00'",
        "TIMESTAMPTZ '2026-03-29 12:00:00+00'", "TIMESTAMPTZ '1969-12-31 23:59:59.999999+00'",
        "TIMESTAMPTZ '1970-01-01 00:00:00+00'", "TIMESTAMPTZ '2099-12-31 23:59:59.999999+00'",
        "TIMESTAMPTZ '2100-01-01 00:00:00+00'", "'infinity'::TIMESTAMPTZ",
        "'-infinity'::TIMESTAMPTZ",
    ]  # fmt: skip
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'Europe/Berlin'")
        for statement in definitions("business_us always_open_us " + " ".join(JOINED)):
            con.execute(as_table(statement.sql) if statement.kept else statement.sql)
        instants = f"(SELECT unnest([{', '.join(f'{each}::TIMESTAMPTZ' for each in moments)}]) AS"
        con.execute(
            "CREATE VIEW spans AS SELECT * FROM (VALUES ('default'), ('other'), (NULL)) AS c"
            f"(calendar), {instants} since), {instants} until)"
        )
        joined = [con.sql(f"FROM {macro}(spans) ORDER BY ALL").fetchall() for macro in JOINED]
        assert joined[0] == joined[1]
        assert len(joined[0]) == 3 * len(moments) ** 2
        for since in moments:
            for until in moments:
                for calendar in ("'default'", "'other'", "NULL"):
                    given = f"{calendar}, {since}, {until}"
                    told = con.sql(f"SELECT business_us({given}), always_open_us({given})")
                    assert len(set(told.fetchall()[0])) == 1, given
