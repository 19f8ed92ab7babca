/*---
title = "The state of each chat after each of its events"
grain = "one row per event"
internal = true
---*/
CREATE OR REPLACE VIEW chat_states AS
WITH marked AS (
    SELECT
        *,
        coalesce(is_deleted.v, false) AS deleted,
        coalesce(lag(is_deleted.v) OVER in_order, false) AS deleted_before
    FROM chat_folds
    WINDOW in_order AS (PARTITION BY org_id, chat_id ORDER BY seq)
)
SELECT
    org_id,
    chat_id,
    chat_name.v AS chat_name,
    chat_type.v AS chat_type,
    org_phone.v AS org_phone,
    chat_org_phones.v AS chat_org_phones,
    chat_image.v AS chat_image,
    labels.v AS labels,
    custom_properties.v AS custom_properties,
    assigned_to.v AS assigned_to,
    is_muted.v AS is_muted,
    is_archived.v AS is_archived,
    is_exited.v AS is_exited,
    is_pinned.v AS is_pinned,
    group_description.v AS group_description,
    invite_link.v AS invite_link,
    member_count.v AS member_count,
    created_at.v AS created_at,
    updated_at.v AS updated_at,
    closed_at.v AS closed_at,
    deleted AS is_deleted,
    CASE
        WHEN deleted
        THEN max(CASE WHEN NOT deleted_before AND deleted THEN event_at END) OVER so_far
    END AS deleted_at,
    first_event_at,
    last_event_at,
    last_event_id,
    event_count,
    members.v AS members,
    seq,
    event_at,
    event_id,
    CASE
        WHEN form = 'snapshot' THEN 'snapshot'
        WHEN before_keys IS NULL THEN 'image'
        ELSE 'both'
    END AS evidence
FROM marked
WINDOW so_far AS (
    PARTITION BY org_id, chat_id ORDER BY seq ROWS UNBOUNDED PRECEDING
)
