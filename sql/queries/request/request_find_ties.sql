-- How addresses are tied to the organisation of a request, and which other requests resemble it.
-- :one (request uuid,
--       controller_key text?)       -- key of the data controller's address
--     -> request_ties (
--       controller_is_member bool,
--       domains text,               -- JSON: domains of the members' addresses and trusted ones
--       duplicates text,            -- JSON: the newest ten [{id, number, state}], alive, for the same use case and scopes
--       duplicates_count int8)      -- all of them
SELECT EXISTS (SELECT FROM membership m JOIN account a ON a.id = m.account_id
               WHERE m.siret = r.siret AND m.state IN ('active', 'external') AND a.email_key = $2)
           AS controller_is_member,
       coalesce((SELECT json_agg(d.domain) FROM (
            SELECT email_domain(a.email_key) AS domain
            FROM membership m JOIN account a ON a.id = m.account_id
            WHERE m.siret = r.siret AND m.state = 'active' AND a.state = 'active'
            UNION
            SELECT t.domain FROM trusted_domain t WHERE t.siret = r.siret) d), '[]')::text AS domains,
       coalesce(same.newest, '[]')::text AS duplicates, same.count AS duplicates_count
FROM request r
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object('id', n.id, 'number', 'D' || n.number, 'state', n.state) ORDER BY n.number DESC)
               FILTER (WHERE n.place <= 10) AS newest,
           count(*) AS count
    FROM (SELECT o.id, o.number, o.state, row_number() OVER (ORDER BY o.number DESC) AS place
          FROM request o
          WHERE o.siret = r.siret AND o.product = r.product AND o.use_case = r.use_case AND o.id <> r.id
            AND o.first_submitted_at IS NOT NULL
            AND o.state IN ('draft', 'submitted', 'changes_requested', 'approved')
            AND o.fields -> 'scopes' @> (r.fields -> 'scopes')
            AND o.fields -> 'scopes' <@ (r.fields -> 'scopes')) n) same
WHERE r.id = $1::uuid
