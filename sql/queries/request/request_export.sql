-- The next requests of an export, by number, as far as the account sees them as staff.
-- :one (account uuid,         -- who looks
--       states text[]?,       -- NULL: all but archived
--       product text?, use_case text?, siret text?, words text?,
--       assignee text?,       -- none, or an account
--       relation text?,       -- applicant, member, staff, contact, second_instructor
--       use_case_names jsonb,  -- {product: {use case: name}}
--       after int8,            -- the number of the last one that was read
--       limit int8,
--       as_json bool)          -- each request after a comma, instead of lines of CSV
-- -> request_export_page (
--     lines text?,          -- NULL: no more requests
--     rows int8,
--     next_number int8?)    -- of the last one; NULL: these were the last
WITH found AS MATERIALIZED (
    SELECT f.r, f.id, (f.r).number AS number, (f.r).fields ->> 'title' AS title
    FROM requests_found($1::uuid, $2::text[], $3, $4, $5, $6, $7, $8) f
    WHERE f.is_staff AND (f.r).number > $10::bigint
    ORDER BY (f.r).number
    LIMIT $11::bigint
), named AS (
    SELECT f.*, o.name AS organisation_name, a AS applicant, g AS assignee,
           coalesce($9::jsonb #>> ARRAY[(f.r).product, (f.r).use_case], (f.r).use_case) AS use_case_name
    FROM found f
    JOIN organisation o ON o.siret = (f.r).siret
    JOIN account a ON a.id = (f.r).applicant_id
    LEFT JOIN account g ON g.id = (f.r).assignee_id
)
SELECT string_agg(
           CASE WHEN $12::boolean THEN E',\n' || (request_row_json(
                    n.r, n.organisation_name, account_json(n.applicant),
                    CASE WHEN (n.assignee).id IS NOT NULL THEN account_json(n.assignee) END,
                    unread_messages(n.id, $1::uuid, true), n.use_case_name)::jsonb
                    || jsonb_build_object('awaits_second', EXISTS (SELECT FROM living_proposal(n.r))
                                                           AND request_conflict(n.r, $1::uuid) IS NULL))::text
           ELSE concat_ws(',', 'D' || n.number, n.id, (n.r).state, csv_cell((n.r).product),
                    csv_cell(n.use_case_name), (n.r).siret, csv_cell(n.organisation_name), csv_cell(n.title),
                    csv_cell((n.applicant).email), csv_cell(coalesce((n.assignee).email, '')), (n.r).warnings,
                    api_time((n.r).created_at), coalesce(api_time((n.r).submitted_at), ''),
                    coalesce(api_time((n.r).decided_at), '')) || E'\r\n'
           END, '' ORDER BY n.number) AS lines,
       count(*) AS rows,
       CASE WHEN count(*) = $11::bigint THEN max(n.number) END AS next_number
FROM named n
