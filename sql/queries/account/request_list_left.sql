-- Who is told of requests whose applicant is gone: one mail for each person and organisation, however many requests; see
-- request_told.
-- :many (requests jsonb)       -- [{id}], as request_list_live gives them
-- -> left_recipient (
--     account_id uuid,
--     email text,
--     organisation text,
--     requests text)           -- JSON: [{number, title}]
WITH gone AS (
    SELECT r.* FROM request r WHERE r.id IN (SELECT (g.value ->> 'id')::uuid FROM jsonb_array_elements($1::jsonb) g)
), first AS (SELECT DISTINCT ON (g.siret) g.siret, g.id FROM gone g ORDER BY g.siret, g.number)
SELECT a.id AS account_id, a.email, coalesce(o.name, o.siret) AS organisation,
       (SELECT json_agg(json_build_object('number', 'D' || g.number, 'title', coalesce(g.fields ->> 'title', '')) ORDER BY g.number)
        FROM gone g WHERE g.siret = f.siret)::text AS requests
FROM first f
JOIN request r ON r.id = f.id
JOIN organisation o ON o.siret = f.siret
CROSS JOIN LATERAL request_told(r, 'applicant') t
JOIN account a ON a.id = t.account_id
ORDER BY a.email, o.siret
