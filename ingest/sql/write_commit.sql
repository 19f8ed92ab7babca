-- One commit as one file: sorted by object, organisation, entity, time and id.
COPY (
    SELECT
        * EXCLUDE (part, repeated_keys, source_line),
        $batch::INTEGER AS batch,
        $sources[part + 1] AS source,
        source_line,
        $loaded_at::TIMESTAMPTZ AS loaded_at
    FROM staged
    WHERE rowid IN (SELECT kept FROM fresh)
    ORDER BY
        object_type,
        org_id,
        coalesce(CASE object_type WHEN 'ticket' THEN ticket_id ELSE chat_id END, ''),
        coalesce(message_id, ''),
        event_at,
        event_id
) TO $path (
    FORMAT parquet,
    COMPRESSION zstd,
    ROW_GROUP_SIZE 100000,
    KV_METADATA {ticketledger: $footer}
)
