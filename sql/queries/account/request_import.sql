-- Adds a request as a former system left it: granted, or granted and revoked, with the habilitation, and the
-- decisions at their dates there. Moments are milliseconds since 1970.
-- :one (request uuid,
--       dry_run bool,             -- takes no number, which would not be given back: some number below 0 instead
--       product text, use_case text, form_version text, siret text,
--       account uuid,             -- the applicant
--       fields jsonb,
--       terms_version text,
--       scopes jsonb,             -- JSON array: granted
--       system text,
--       confirmation_code text,
--       created_ms int8,
--       submitted_ms int8?,       -- NULL: unknown
--       approved_ms int8,
--       revoked_ms int8?,         -- NULL: it is granted still
--       reason text?)             -- of the revocation
--     -> request_imported (
--     habilitation_id uuid,
--     has_applicant bool)       -- who is entitled to act
WITH new AS MATERIALIZED (
    SELECT gen_random_uuid() AS decision_id, gen_random_uuid() AS habilitation_id, $16::bigint IS NOT NULL AS is_revoked,
           CASE WHEN $2::boolean THEN -1 - floor(random() * 1e15)::bigint ELSE nextval('request_number_seq') END AS number,
           CASE WHEN $2::boolean THEN -1 - floor(random() * 1e15)::bigint ELSE nextval('habilitation_number_seq') END AS habilitation_number,
           ARRAY(SELECT jsonb_array_elements_text($10::jsonb)) AS scopes,
           timestamptz 'epoch' + $13::bigint * interval '1 ms' AS created_at,
           timestamptz 'epoch' + $14::bigint * interval '1 ms' AS submitted_at,
           timestamptz 'epoch' + $15::bigint * interval '1 ms' AS approved_at,
           timestamptz 'epoch' + $16::bigint * interval '1 ms' AS revoked_at
),
added AS (
    INSERT INTO request (id, number, product, use_case, form_version, siret, applicant_id, state, last_event, fields,
                         terms_version, habilitation_id, created_at, updated_at, submitted_at, first_submitted_at, decided_at)
    SELECT $1::uuid, n.number, $3, $4, $5, $6, $7::uuid, CASE WHEN n.is_revoked THEN 'revoked' ELSE 'approved' END, 'import',
           $8::jsonb, $9, n.habilitation_id, n.created_at, coalesce(n.revoked_at, n.approved_at),
           coalesce(n.submitted_at, n.approved_at), coalesce(n.submitted_at, n.approved_at),
           coalesce(n.revoked_at, n.approved_at)
    FROM new n
),
decided AS (
    INSERT INTO decision (id, request_id, outcome, reason, granted_scopes, refused_scopes, decided_by, request_version,
                          submitted_at, at, former_system, product)
    SELECT n.decision_id, $1::uuid, 'approve', NULL, n.scopes, '{}'::text[], $7::uuid, 1, n.submitted_at, n.approved_at, $11, $3
    FROM new n
    UNION ALL
    SELECT gen_random_uuid(), $1::uuid, 'revoke', $17, NULL::text[], NULL::text[], $7::uuid, 1, NULL, n.revoked_at, $11, $3
    FROM new n WHERE n.is_revoked
),
granted AS (
    INSERT INTO habilitation (id, number, request_id, decision_id, product, use_case, form_version, siret, applicant_id,
                              scopes, snapshot, confirmation_code, approved_at, state)
    SELECT n.habilitation_id, n.habilitation_number, $1::uuid, n.decision_id, $3, $4, $5, $6, $7::uuid, n.scopes,
           jsonb_build_object('fields', $8::jsonb, 'terms_version', $9, 'number', n.number,
                              'organisation', organisation_summary($6), 'applicant', person_json($7::uuid)),
           $12, n.approved_at, CASE WHEN n.is_revoked THEN 'revoked' ELSE 'active' END
    FROM new n
)
SELECT n.habilitation_id, $6 = ANY (applicant_sirets($7::uuid)) AS has_applicant FROM new n
