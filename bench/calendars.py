"""Business time of many intervals: the clock of `queries/macros/` against expanding weeks.

The other way is that of dbt_zendesk and most others: each interval becomes one row for every week
it touches and every span of the schedule of then, and what they have in common is added up. It is
here twice, written anew: in the manner of that package, with the schedule as times of a week and
from when to when it held; and at its best, with the spans of each week looked up by its number. All
contenders give the open time of each interval; they must agree, take turns, and the median of their
times counts.
"""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
from pathlib import Path
from time import perf_counter

import click
import duckdb

from ticketledger.models.calendar_file import read_calendars
from ticketledger.queries.calendars import segments
from ticketledger.queries.settings import Settings
from ticketledger.queries.statement import as_table, definitions

HOURS = """
default = "berlin"

[calendars.berlin]
zone = "Europe/Berlin"
week = {mon = WORK, tue = WORK, wed = WORK, thu = WORK, fri = ["09:00-15:00"]}

[calendars.new_york]
zone = "America/New_York"
week = {mon = WORK, tue = WORK, wed = WORK, thu = WORK, fri = WORK, sat = ["10:00-14:00"]}

[calendars.kolkata]
zone = "Asia/Kolkata"
week = {mon = ["22:00-06:00"], tue = ["22:00-06:00"], wed = ["22:00-06:00"], sun = WORK}
""".replace("WORK", '["09:00-12:30", "13:30-18:00"]')

INTERVALS = """
CREATE TABLE intervals AS
WITH drawn AS (
    SELECT
        i AS id,
        ['berlin', 'new_york', 'kolkata'][1 + i % 3] AS calendar,
        TIMESTAMPTZ '2025-01-01'
            + to_microseconds((hash(i, 1) % (400 * 86400000000))::BIGINT) AS since,
        (hash(i, 2) % ($days * 86400000000))::BIGINT AS length_us
    FROM range($rows) AS r(i)
)
SELECT id, calendar, since, since + to_microseconds(length_us) AS until FROM drawn
"""

WEEKS = """
CREATE TABLE week_spans AS
WITH cut AS (
    SELECT
        calendar,
        unnest(range(week_of(epoch_us(open_at)), week_of(epoch_us(close_at)) + 1)) AS week,
        epoch_us(open_at) AS opens_us,
        epoch_us(close_at) AS closes_us
    FROM calendar_segments
    WHERE close_at > open_at AND open_at BETWEEN '2024-12-01' AND '2027-12-01'
)
SELECT
    calendar,
    week,
    greatest(opens_us - begin_of(week), 0) AS start_us,
    least(closes_us - begin_of(week), 604800000000) AS end_us
FROM cut
"""

SCHEDULES = """
CREATE TABLE schedules AS
WITH patterns AS (
    SELECT calendar, week, list({'s': start_us, 'e': end_us} ORDER BY start_us) AS spans
    FROM week_spans
    GROUP BY calendar, week
),
runs AS (
    SELECT *, count(*) FILTER (is_new) OVER (PARTITION BY calendar ORDER BY week) AS run
    FROM (
        SELECT
            *,
            spans IS DISTINCT FROM lag(spans) OVER (PARTITION BY calendar ORDER BY week) AS is_new
        FROM patterns
    )
)
SELECT calendar, valid_from, valid_until, span.s AS start_us, span.e AS end_us
FROM (
    SELECT
        calendar,
        min(week) AS valid_from,
        max(week) + 1 AS valid_until,
        unnest(any_value(spans)) AS span
    FROM runs
    GROUP BY calendar, run
)
"""

EXPANDED = """
    WITH weeks AS (
        SELECT
            id,
            calendar,
            epoch_us(since) AS since_us,
            epoch_us(until) AS until_us,
            unnest(range(week_of(epoch_us(since)), week_of(epoch_us(until)) + 1)) AS week
        FROM intervals
    ),
    parts AS (
        SELECT
            id,
            calendar,
            week,
            greatest(since_us - begin_of(week), 0) AS since_us,
            least(until_us - begin_of(week), 604800000000) AS until_us
        FROM weeks
    )
    SELECT
        p.id,
        sum(greatest(least(s.end_us, p.until_us) - greatest(s.start_us, p.since_us), 0)) AS open_us
    FROM parts AS p
    JOIN {} GROUP BY p.id
"""

CONTENDERS = {
    "the clock": "SELECT id, business_time_us AS open_us FROM with_business_us(intervals)",
    "the macro `business_us`": """
        SELECT id, business_us(calendar, since, until) AS open_us FROM intervals
    """,
    "ASOF joins": """
        SELECT
            i.id,
            c.cum_us + least(epoch_us(i.until), epoch_us(c.close_at)) - epoch_us(c.open_at)
                - o.cum_us - least(epoch_us(i.since), epoch_us(o.close_at)) + epoch_us(o.open_at)
                AS open_us
        FROM intervals AS i
        ASOF JOIN calendar_segments AS o ON o.calendar = i.calendar AND i.since >= o.open_at
        ASOF JOIN calendar_segments AS c ON c.calendar = i.calendar AND i.until >= c.open_at
    """,
    "weeks times schedule, as dbt_zendesk": EXPANDED.format("""
        schedules AS s
            ON s.calendar = p.calendar
            AND p.week >= s.valid_from
            AND p.week < s.valid_until
            AND p.since_us <= s.end_us
            AND p.until_us >= s.start_us
    """),
    "weeks times spans of that week": EXPANDED.format(
        "week_spans AS s ON s.calendar = p.calendar AND s.week = p.week"
    ),
}
"""Each gives the open microseconds of every interval that is not all closed."""

CHECKSUM = "SELECT sum(open_us * (1 + id % 97))::HUGEINT FROM ({})"


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--days", default=28, show_default=True, help="Longest interval.")
@click.option("--rounds", default=5, show_default=True)
def main(rows: int, days: int, rounds: int) -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hours.toml"
        path.write_text(HOURS, "utf-8")
        made = read_calendars(path)
    began = perf_counter()
    table = segments(made)
    expanded = perf_counter() - began
    taken: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    sums = set()
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        for statement in definitions("business_us with_business_us"):
            if not Settings(made).bind_given(con, statement):
                con.execute(as_table(statement.sql) if statement.kept else statement.sql)
        con.execute(INTERVALS, {"rows": rows, "days": days})
        con.execute("CREATE MACRO week_of(us) AS (us - 259200000000) // 604800000000")  # Sundays
        con.execute("CREATE MACRO begin_of(week) AS week * 604800000000 + 259200000000")
        con.execute(WEEKS)
        con.execute(SCHEDULES)
        for _ in range(rounds):
            for name, query in CONTENDERS.items():
                began = perf_counter()
                sums.add(con.sql(CHECKSUM.format(query)).fetchall()[0][0])
                taken[name].append(perf_counter() - began)
    if len(sums) != 1:
        raise SystemExit(f"the contenders disagree: {sums}")
    clock = statistics.median(taken["the clock"])
    click.echo(f"{rows:,} intervals of up to {days} days; {os.cpu_count()} cores, ", nl=False)
    click.echo(
        f"{platform.machine()}, Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    )
    click.echo(f"{table.num_rows:,} segments of 3 calendars, 130 years: {expanded:.3f} s\n")
    click.echo("| contender | s | against the clock |\n| --- | --- | --- |")
    for name, times in taken.items():
        median = statistics.median(times)
        click.echo(f"| {name} | {median:.2f} | {median / clock:.2f}x |")


if __name__ == "__main__":
    main()
