-- The number of the request that was taken over with a habilitation of the former system.
-- :opt (product text, habilitation_number text) -> number text
SELECT f.number FROM former_request f WHERE f.product = $1 AND f.habilitation_number = $2
