-- Which statement reads a line, by the first thing in it that looks like an event's name.
SELECT coalesce(
    getvariable('families')[list_position(
        getvariable('names'),
        regexp_extract(line, '"(?:event|event_type)"[ \t]*:[ \t]*"([a-z_.]+)"', 1)
    )],
    ''
) AS family
FROM lines
