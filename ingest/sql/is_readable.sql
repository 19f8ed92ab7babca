-- Whether a line may be handed to `from_json`, which stops at the first line that is no JSON: such
-- lines mostly end too early, so a second try with the full check is rare. Escapes that DuckDB
-- would write in another spelling are left to the other lane.
CREATE OR REPLACE MACRO is_readable(line) AS
starts_with(line, '{')
AND (ends_with(line, '}' || chr(10)) OR ends_with(line, '}' || chr(13) || chr(10)))
AND NOT contains(line, '\u000')
AND NOT contains(line, '\u001')
AND (NOT getvariable('is_checked') OR json_valid(line))
