-- The audit trail, the newest entry first. Managers see what they may read: neither requests that were never submitted
-- (nor those that are gone), nor programs and webhooks of an organisation.
-- :one (products text[]?,   -- those whose manager reads; NULL: all, for administrators
--       actor uuid?, action text?, subject text?, product text?, from timestamptz?, to timestamptz?,
--       limit int4, after int8?) -> document text
WITH page AS (
    SELECT u.*, s.place AS sealed_place, row_number() OVER (ORDER BY u.id DESC) AS place
    FROM audit u
    LEFT JOIN audit_seal s ON s.audit_id = u.id
    WHERE ($1::text[] IS NULL
           OR (u.product = ANY ($1::text[])
               AND CASE u.subject_type
                   WHEN 'request' THEN EXISTS (SELECT FROM request r WHERE r.id = u.subject_id::uuid
                                                 AND r.first_submitted_at IS NOT NULL)
                   WHEN 'client' THEN u.siret IS NULL
                   WHEN 'webhook' THEN u.siret IS NULL
                   ELSE true END))
      AND ($2::uuid IS NULL OR u.actor_id = $2::uuid)
      AND ($3::text IS NULL OR u.action = $3::text)
      AND ($4::text IS NULL OR u.subject_id = $4::text)
      AND ($5::text IS NULL OR u.product = $5::text)
      AND ($6::timestamptz IS NULL OR u.at >= $6::timestamptz)
      AND ($7::timestamptz IS NULL OR u.at < $7::timestamptz)
      AND ($9::bigint IS NULL OR u.id < $9::bigint)
    ORDER BY u.id DESC
    LIMIT $8::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(json_build_object('id', p.id, 'place', p.sealed_place, 'at', api_time(p.at), 'actor', person_json(p.actor_id),
                 'action', p.action, 'object_type', p.subject_type, 'object_id', p.subject_id,
                 'product', p.product, 'details', p.detail) ORDER BY p.place) FILTER (WHERE p.place <= $8::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $8::int THEN (min(p.id) FILTER (WHERE p.place = $8::int))::text END)::text AS document
FROM page p
