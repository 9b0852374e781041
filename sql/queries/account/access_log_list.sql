-- What staff and programs of products looked at, the last first.
-- :one (account text?,       -- who looked: an id, or the key of an address
--       client uuid?,        -- which program did
--       request text?,       -- itself, its files, its habilitations and tokens: an id, or a number as in D123
--       object text?, action text?, from timestamptz?, to timestamptz?,
--       limit int4, after int8?,
--       digests text[]?)         -- of what was typed to find somebody
-- -> document text
WITH page AS (
    SELECT e.*, row_number() OVER (ORDER BY e.id DESC) AS place
    FROM access_log e
    WHERE ($1::text IS NULL OR (e.actor_kind = 'account' AND e.actor_id = CASE
               WHEN $1 LIKE '%@%' THEN (SELECT a.id FROM account a WHERE a.email_key = $1) ELSE $1::uuid END))
      AND ($2::uuid IS NULL OR (e.actor_id = $2::uuid AND e.actor_kind = 'client'))
      AND ($3::text IS NULL OR e.request_id = CASE
               WHEN $3 LIKE 'D%' THEN (SELECT r.id FROM request r WHERE r.number = substr($3, 2)::bigint) ELSE $3::uuid END)
      AND ($4::text IS NULL OR e.object_id = $4::text)
      AND ($5::text IS NULL OR e.action = $5::text)
      AND ($6::timestamptz IS NULL OR e.at >= $6::timestamptz)
      AND ($7::timestamptz IS NULL OR e.at < $7::timestamptz)
      AND ($9::bigint IS NULL OR e.id < $9::bigint)
      AND ($10::text[] IS NULL OR coalesce(e.detail ->> 'q', e.detail ->> 'account') = ANY ($10::text[]))
    ORDER BY e.id DESC
    LIMIT $8::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(json_build_object(
                 'id', p.id, 'at', api_time(p.at),
                 'actor', CASE WHEN p.actor_kind = 'account' THEN person_json(p.actor_id) END,
                 'client', CASE WHEN p.actor_kind = 'client'
                           THEN json_build_object('id', p.actor_id, 'name', (SELECT c.name FROM client c WHERE c.id = p.actor_id)) END,
                 'role', p.role, 'action', p.action, 'object_type', p.object_type, 'object_id', p.object_id,
                 'request', (SELECT json_build_object('id', r.id, 'number', 'D' || r.number)
                             FROM request r WHERE r.id = p.request_id),
                 'product', p.product, 'siret', p.siret, 'concerned', person_json(p.concerned_id),
                 'details', p.detail, 'address', p.address) ORDER BY p.place) FILTER (WHERE p.place <= $8::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $8::int THEN (min(p.id) FILTER (WHERE p.place = $8::int))::text END)::text AS document
FROM page p
