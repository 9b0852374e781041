-- $1 product, $2 use case, $3 form version, $4 siret, $5 applicant, $6 fields, $7 copied from or NULL
INSERT INTO request (product, use_case, form_version, siret, applicant_id, fields, copied_from)
VALUES ($1, $2, $3, $4, $5::uuid, $6::jsonb, $7::uuid)
RETURNING id
