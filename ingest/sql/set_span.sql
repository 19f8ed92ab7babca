-- The span of time of the staged events; NULL when there are none.
SET VARIABLE span = (
    SELECT {'since': min(event_at), 'until': max(event_at)} FROM staged WHERE event_id IS NOT NULL
)
