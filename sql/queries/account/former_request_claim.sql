-- Takes the number that a request had in a former system, for a request that is added in the same transaction.
-- Another import of the same number is waited for. Without a row: it was taken over before, or another number has its
-- habilitation.
-- :opt (product text, system text, number text, habilitation_number text?,
--       content text)  -- what is taken over, canonical: kept as a digest
--     -> request_id uuid
INSERT INTO former_request (request_id, product, system, number, habilitation_number, digest)
VALUES (gen_random_uuid(), $1, $2, $3, $4, sha256(convert_to($5, 'UTF8')))
ON CONFLICT DO NOTHING
RETURNING request_id
