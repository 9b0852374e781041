-- A page of the requests that the account sees, last changed first or longest waiting first.
-- :one (account uuid,         -- who looks
--       states text[]?,       -- NULL: all but archived
--       product text?, use_case text?, siret text?, words text?,
--       assignee text?,       -- none, or an account
--       relation text?,       -- applicant, member, staff, contact, second_instructor
--       use_case_names jsonb,  -- {product: {use case: name}}
--       limit int8, after_us int8?, after_id uuid?,
--       by_age bool)          -- longest waiting first
--     -> document text
WITH page AS (
    SELECT * FROM requests_page($1::uuid, $2::text[], $3, $4, $5, $6, $7, $8, $13::boolean, $10::bigint, $11::bigint, $12::uuid)
)
SELECT json_build_object(
    'items', coalesce((
        SELECT json_agg((request_row_json(s.r, o.name, account_json(a),
                                         CASE WHEN s.is_staff AND g.id IS NOT NULL THEN account_json(g) END,
                                         unread_messages(s.id, $1::uuid, s.is_staff),
                                         coalesce($9::jsonb #>> ARRAY[(s.r).product, (s.r).use_case],
                                                  (s.r).use_case))::jsonb
                         || jsonb_build_object('awaits_second', s.is_staff AND EXISTS (SELECT FROM living_proposal(s.r)))
                         || CASE WHEN s.is_contact THEN jsonb_build_object('title', fields_in_force(s.r) -> 'title') ELSE '{}' END) ORDER BY s.rank)
        FROM (SELECT p.r, p.id, p.rank, p.is_staff AND request_conflict(p.r, $1::uuid) IS NULL AS is_staff,
                     -- a contact and no more, who sees what was approved
                     (p.r).habilitation_id IS NOT NULL AND NOT p.is_staff AND (p.r).applicant_id <> $1::uuid
                     AND NOT EXISTS (SELECT FROM membership m WHERE m.account_id = $1::uuid AND m.siret = (p.r).siret
                                                               AND m.state = 'active') AS is_contact
              FROM page p
              WHERE p.rank <= $10::bigint) s
        JOIN organisation o ON o.siret = (s.r).siret
        JOIN account a ON a.id = (s.r).applicant_id
        LEFT JOIN account g ON g.id = (s.r).assignee_id), '[]'),
    'next_cursor', (SELECT epoch_us(l.at) || '_' || l.id FROM page l
                    WHERE l.rank = $10::bigint
                      AND EXISTS (SELECT FROM page n WHERE n.rank > $10::bigint)))::text AS document
