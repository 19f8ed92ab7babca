-- The distinct chats inside a block's ticket events: canonical text and stored columns, by number.
-- A member map is read once however many chats, or spellings of one, hold it.
WITH chats AS MATERIALIZED (
    SELECT i, text, json_extract(text, getvariable('chat_paths'))::VARCHAR[] AS v
    FROM texts
),
maps AS MATERIALIZED (
    SELECT row_number() OVER () AS number, told AS text
    FROM (SELECT DISTINCT chat_members(v) AS told FROM chats)
    WHERE starts_with(told, '{')
),
people AS (
    SELECT
        number,
        unnest(json_keys(text)) AS name,
        unnest(json_extract(text, '$.*'))::VARCHAR AS member
    FROM maps
),
extracted AS (
    SELECT *, json_extract(member, getvariable('member_paths'))::VARCHAR[] AS v FROM people
),
spelled AS (
    SELECT
        number,
        name,
        CASE WHEN member = 'null' THEN member ELSE member_text(v) END AS canonical,
        CASE
            WHEN member = 'null' THEN '{}'
            ELSE '{"contact_labels":'
                || to_json(coalesce(labels_of(member_contact_labels(v)), []))::VARCHAR
                || ',"contact_name":' || coalesce(member_contact_name(v), 'null')
                || ',"is_admin":' || coalesce(member_is_admin(v), 'null')
                || ',"is_internal":' || coalesce(member_is_internal(v), 'null')
                || ',"is_super_admin":' || coalesce(member_is_super_admin(v), 'null') || '}'
        END AS columns,
        coalesce(
            member = 'null' OR (starts_with(member, '{') AND member_fits(v, NULL)), false
        ) AS is_plain
    FROM extracted
),
members AS (
    SELECT
        number,
        '{' || string_agg(to_json(name)::VARCHAR || ':' || canonical, ',' ORDER BY name) || '}'
            AS canonical,
        '{' || string_agg(to_json(name)::VARCHAR || ':' || columns, ',' ORDER BY name) || '}'
            AS columns,
        bool_and(is_plain) AND count(DISTINCT name) = count(*) AS is_plain
    FROM spelled
    GROUP BY number
),
known AS (
    SELECT maps.text, members.canonical, members.columns
    FROM maps
    JOIN members USING (number)
    WHERE members.is_plain AND strlen(members.canonical) = strlen(maps.text)
    UNION ALL
    SELECT '{}', '{}', '{}'
),
typed AS (
    SELECT
        chats.i,
        chats.text,
        chats.v,
        known.columns AS members,
        flag_of(chat_is_deleted(chats.v)) AS is_deleted,
        chat_text(chats.v, known.canonical) AS canonical,
        nullif(text_of(chat_chat_id(chats.v)), '') AS chat_id
    FROM chats
    LEFT JOIN known ON known.text = chat_members(chats.v)
),
imaged AS (
    SELECT *, chat_image(v, members, is_deleted) AS chat FROM typed
)
SELECT
    CASE
        WHEN text = 'null' THEN text
        WHEN starts_with(text, '{') AND strlen(canonical) = strlen(text) AND chat_fits(v, chat)
        THEN canonical
    END AS canonical,
    CASE WHEN chat_id IS NOT NULL THEN chat_keys(v, members, is_deleted) END AS keys,
    CASE WHEN chat_id IS NOT NULL THEN chat END AS chat,
    CASE WHEN chat_id IS NOT NULL THEN members END AS members,
    chat_id
FROM imaged
ORDER BY i
