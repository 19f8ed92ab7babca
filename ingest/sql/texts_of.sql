-- The texts in an extracted JSON value that `is_texts`; NULL for null and absent.
CREATE OR REPLACE MACRO texts_of(v) AS
CASE WHEN starts_with(v, '[') THEN from_json(v, '["VARCHAR"]') END
