-- Adds a decision on a request and, where it grants, the habilitation: an immutable copy of the request with
-- its files.
-- :one (request uuid,
--       outcome text,             -- approve, refuse, request_changes, revoke
--       reason text?,
--       message text?,
--       granted_scopes jsonb?,    -- JSON array; of an approval
--       refused_scopes jsonb?,
--       account uuid,             -- who decides
--       confirmation_code text?,  -- of the habilitation; NULL: the decision grants nothing
--       is_staff bool,            -- the document names who decided
--       proposed_by uuid?,        -- the first of two instructors; NULL: one was enough
--       program text?)            -- the name of the program that used their rights
--     -> decision_made (
--       id uuid,
--       habilitation_id uuid?,
--       document text)
WITH decided AS (
    INSERT INTO decision AS d (request_id, product, outcome, reason, message, granted_scopes, refused_scopes, decided_by,
                               request_version, submitted_at, proposed_by, program)
    SELECT r.id, r.product, $2, $3, $4, CASE WHEN $5::jsonb IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text($5::jsonb)) END, 
           CASE WHEN $6::jsonb IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text($6::jsonb)) END, $7::uuid, r.version,
           CASE WHEN r.state = 'submitted' THEN r.submitted_at END, $10::uuid, $11::text
    FROM request r WHERE r.id = $1::uuid
    RETURNING d, d.id
),
granted AS (
    INSERT INTO habilitation (request_id, decision_id, product, use_case, form_version, siret, applicant_id,
                              scopes, snapshot, confirmation_code)
    SELECT r.id, d.id, r.product, r.use_case, r.form_version, r.siret, r.applicant_id,
           ARRAY(SELECT jsonb_array_elements_text($5::jsonb)),
           jsonb_build_object('fields', r.fields, 'terms_version', r.terms_version, 'number', r.number,
                              'organisation', organisation_summary(r.siret),
                              'applicant', person_json(r.applicant_id)),
           $8
    FROM request r, decided d
    WHERE r.id = $1::uuid AND $8::text IS NOT NULL
    RETURNING id
),
attached AS (
    INSERT INTO habilitation_attachment (habilitation_id, attachment_id)
    SELECT g.id, a.id FROM granted g, attachment a WHERE a.request_id = $1::uuid AND a.deleted_at IS NULL
)
SELECT d.id, g.id AS habilitation_id,
       -- decision_json does not see the habilitation of the same statement.
       (decision_json(d.d, $9::boolean)::jsonb || jsonb_build_object('habilitation_id', g.id))::text AS document
FROM decided d LEFT JOIN granted g ON true
