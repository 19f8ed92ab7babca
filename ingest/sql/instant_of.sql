-- The instant in an extracted JSON text of the usual spellings; NULL for everything else.
CREATE OR REPLACE MACRO instant_of(v) AS TRY_CAST(
    CASE
        WHEN regexp_full_match(v, '"[12][0-9]{3}-[01][0-9]-[0-3][0-9][T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-][01][0-9](:[0-5][0-9])?)"')
        THEN ascii_of(v)
    END AS TIMESTAMPTZ
)
