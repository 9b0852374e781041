-- The whole filtered list as CSV, as far as the staff sees it.
-- :one (account uuid,         -- who looks
--       states text[]?,       -- NULL: all but archived
--       product text?, use_case text?, siret text?, words text?,
--       assignee text?,       -- none, or an account
--       relation text?,       -- applicant, member, staff, contact
--       use_case_names jsonb)  -- {product: {use case: name}}
--     -> csv text
SELECT E'number,id,state,product,use_case,siret,organisation,title,applicant,assignee,warnings,created_at,submitted_at,decided_at\r\n'
    || coalesce(string_agg(concat_ws(',',
        'D' || (f.r).number, f.id, (f.r).state, csv_cell((f.r).product),
        csv_cell(coalesce($9::jsonb #>> ARRAY[(f.r).product, (f.r).use_case], (f.r).use_case)),
        (f.r).siret, csv_cell(o.name), csv_cell((f.r).fields ->> 'title'), csv_cell(a.email),
        csv_cell(coalesce(g.email, '')), (f.r).warnings, api_time((f.r).created_at),
        coalesce(api_time((f.r).submitted_at), ''), coalesce(api_time((f.r).decided_at), ''))
        || E'\r\n', '' ORDER BY coalesce((f.r).submitted_at, (f.r).created_at), f.id), '') AS csv
FROM requests_found($1::uuid, $2::text[], $3, $4, $5, $6, $7, $8) f
JOIN organisation o ON o.siret = (f.r).siret
JOIN account a ON a.id = (f.r).applicant_id
LEFT JOIN account g ON g.id = (f.r).assignee_id
WHERE f.is_staff
