-- The snapshot. $1 request, $2 decision, $3 granted scopes (JSON), $4 confirmation code
INSERT INTO habilitation (request_id, decision_id, product, use_case, form_version, siret, applicant_id,
                          scopes, snapshot, confirmation_code)
SELECT r.id, $2::uuid, r.product, r.use_case, r.form_version, r.siret, r.applicant_id,
       ARRAY(SELECT jsonb_array_elements_text($3::jsonb)),
       jsonb_build_object('fields', r.fields, 'terms_version', r.terms_version, 'number', r.number,
                          'organisation', organisation_summary(r.siret),
                          'applicant', person_json(r.applicant_id)),
       $4
FROM request r WHERE r.id = $1::uuid
RETURNING id
