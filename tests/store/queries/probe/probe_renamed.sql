-- Its column has another name than in the signature.
-- :one () -> former text
SELECT 'x'::text AS renamed
