/*---
title = "First instant by which a calendar was open for so many microseconds since an instant; NULL when that is after 2099, an argument is missing or there is no such calendar"
---*/
-- The clock's inverse: the segment in which it reaches its reading of the start plus the target.
-- Outside of opening hours it starts with the next opening; a target of zero is the start itself.
CREATE OR REPLACE MACRO business_at(calendar_name, since, target_us) AS (
    SELECT
        CASE
            WHEN started.goal_us IS NULL THEN NULL
            WHEN started.target <= 0 THEN started.since_at
            WHEN started.goal_us - s.cum_us <= epoch_us(s.close_at) - epoch_us(s.open_at)
            THEN make_timestamptz(epoch_us(s.open_at) + started.goal_us - s.cum_us)
        END
    FROM (
        SELECT
            asked.calendar,
            asked.since_at,
            asked.target,
            clock_shows(a.cum_us, a.open_us, a.close_us, epoch_us(asked.since_at))
                + asked.target AS goal_us
        FROM (
            SELECT
                calendar_name AS calendar,
                since::TIMESTAMPTZ AS since_at,
                target_us::BIGINT AS target
        ) AS asked
        LEFT JOIN calendar_pieces AS a
            ON a.calendar = asked.calendar
            AND a.day = epoch_us(asked.since_at) // 86_400_000_000
            AND epoch_us(asked.since_at) >= a.from_us
            AND epoch_us(asked.since_at) < a.until_us
    ) AS started
    ASOF LEFT JOIN (FROM calendar_segments WHERE close_at > open_at) AS s
        ON s.calendar = started.calendar AND started.goal_us > s.cum_us
)
