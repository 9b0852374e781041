-- What anybody who holds the printed document may check; no name of a person in it.
-- :one (code text) -> document text
SELECT json_build_object(
    'number', 'H' || h.number, 'state', habilitation_state(h), 'product', h.product,
    'use_case', h.use_case, 'siret', h.siret, 'organisation_name', h.snapshot #>> '{organisation,name}',
    'title', h.snapshot #>> '{fields,title}', 'scopes', h.scopes,
    'approved_at', api_time(h.approved_at))::text AS document
FROM habilitation h WHERE h.confirmation_code = $1
