-- The audit trail, the newest entry first. Managers see what they may read: neither requests that were never submitted
-- (nor those that are gone), nor programs and webhooks of an organisation.
-- :one (products text[]?,   -- those whose manager reads; NULL: all, for administrators
--       actor uuid?, action text?, subject text?, product text?, from timestamptz?, to timestamptz?,
--       limit int4, after int8?) -> document text
WITH page AS (
    SELECT u.*, s.place AS sealed_place, row_number() OVER (ORDER BY u.id DESC) AS place
    FROM audit_found($1::text[], $2::uuid, $3, $4, $5, $6::timestamptz, $7::timestamptz, $8::int, $9::bigint) u
    LEFT JOIN audit_seal s ON s.audit_id = u.id)
SELECT json_build_object(
    'items', coalesce(json_agg(json_build_object('id', p.id, 'place', p.sealed_place, 'at', api_time(p.at), 'actor', person_json(p.actor_id),
                 'action', p.action, 'object_type', p.subject_type, 'object_id', p.subject_id,
                 'product', p.product, 'details', p.detail) ORDER BY p.place) FILTER (WHERE p.place <= $8::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $8::int THEN (min(p.id) FILTER (WHERE p.place = $8::int))::text END)::text AS document
FROM page p
