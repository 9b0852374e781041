-- A page of the history, the latest first. Which member of the staff acted is told to the staff alone, and so is what
-- they settle among themselves; which program did it with somebody's rights is told to all.
-- :one (request uuid,
--       is_staff bool,  -- of the reader
--       limit int8,
--       after int8?)    -- place of the last one
--     -> document text
WITH page AS (
    SELECT * FROM request_event
    WHERE request_id = $1::uuid AND ($4::bigint IS NULL OR place < $4::bigint)
      AND ($2::boolean OR event NOT IN ('propose', 'decline'))
    ORDER BY place DESC LIMIT $3::bigint + 1
),
shown AS (SELECT * FROM page ORDER BY place DESC LIMIT $3::bigint)
SELECT json_build_object(
    'items', coalesce((SELECT json_agg(json_build_object(
        'id', e.place, 'event', e.event, 'at', api_time(e.at),
        'actor', CASE WHEN NOT e.as_staff OR $2::boolean THEN person_json(e.actor_id) END,
        'program', e.detail ->> 'program', 'as_staff', e.as_staff,
        'from_state', e.from_state, 'to_state', e.to_state, 'reason', e.detail ->> 'reason',
        'changes', changes_document(e.detail -> 'changes')) ORDER BY e.place DESC) FROM shown e), '[]'),
    'next_cursor', CASE WHEN (SELECT count(*) FROM page) > $3::bigint
                        THEN (SELECT min(place)::text FROM shown) END)::text AS document
