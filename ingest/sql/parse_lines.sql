-- Block of lines in, one row per line out that may be a ticket event in the documented form.
-- Everything a later step needs is extracted here; a line that is no such event is left out.
CREATE OR REPLACE TEMP TABLE parsed AS
WITH extracted AS MATERIALIZED (
    SELECT
        n,
        TRY(json_extract(line, [
            '$.event',
            '$.event_type',
            '$.org_id',
            '$.timestamp',
            '$.previous_attributes',
            '$.data.chat',
            '$.data.ticket',
            '$.data.message',
            '$.data.attached_messages'
        ]))::VARCHAR[] AS v,
        TRY(len(json_keys(line))) AS key_count,
        TRY(len(json_keys(line, '$.data'))) AS data_key_count
    FROM lines
    WHERE starts_with(line, '{')
        AND strlen(line) <= getvariable('max_bytes')
        -- what DuckDB's reader forgives and JSON does not, and escapes it would write otherwise
        AND NOT regexp_matches(line, ',[ \t\r\n]*[}\]]')
        AND NOT contains(line, '\u000')
        AND NOT contains(line, '\u001')
),
named AS MATERIALIZED (
    SELECT
        n,
        CASE WHEN v[1] IS NULL THEN 'event_type' ELSE 'event' END AS name_key,
        coalesce(v[1], v[2]) AS name,
        v[3] AS org,
        v[4] AS told_at,
        v[5] AS previous,
        v[6] AS chat,
        v[7] AS ticket,
        v[8] AS message,
        v[9] AS attached,
        extract_ticket(v[7]) AS after_values,
        len(json_keys(v[7])) AS ticket_key_count,
        CASE WHEN starts_with(v[5], '{') AND v[5] <> '{}' THEN extract_ticket(v[5]) END
            AS before_values,
        CASE WHEN starts_with(v[5], '{') AND v[5] <> '{}' THEN len(json_keys(v[5])) END
            AS before_key_count
    FROM extracted
    WHERE (v[1] IS NULL) <> (v[2] IS NULL)
        AND coalesce(v[1], v[2]) IN ('"ticket.created"', '"ticket.updated"', '"ticket.deleted"')
        AND starts_with(v[3], '"')
        AND v[3] <> '""'
        AND starts_with(v[7], '{')
        AND (v[5] IS NULL OR v[5] = 'null' OR starts_with(v[5], '{'))
        AND key_count = 4 + (v[5] IS NOT NULL)::INTEGER
        AND data_key_count = 1 + (v[6] IS NOT NULL)::INTEGER
            + (v[8] IS NOT NULL)::INTEGER + (v[9] IS NOT NULL)::INTEGER
)
SELECT
    * EXCLUDE (after_values, before_values, ticket_key_count, before_key_count),
    instant_of(told_at) AS event_at,
    ticket_values(after_values) AS t,
    CASE WHEN before_values IS NOT NULL THEN ticket_values(before_values) END AS b
FROM named
WHERE instant_of(told_at) IS NOT NULL
    AND ticket_key_count = len(list_filter(after_values, lambda x: x IS NOT NULL))
    AND (before_values IS NULL
        OR before_key_count = len(list_filter(before_values, lambda x: x IS NOT NULL)))
