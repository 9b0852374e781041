-- A later approval of a request whose token was revoked: a new string, the former ones stay dead.
-- :exec (id uuid, habilitation uuid, scopes jsonb, kid text, number int8, sealed_jwt text,
--        expires_at_s int8)
UPDATE token
SET habilitation_id = $2::uuid, scopes = ARRAY(SELECT jsonb_array_elements_text($3::jsonb)),
    kid = $4, issued_at = $5::bigint, sealed_jwt = $6, expires_at = to_timestamp($7::bigint),
    previous_issued_at = NULL, previous_until = NULL, previous_kid = NULL, rotated_at = NULL,
    revoked_at = NULL, revoked_by = NULL, revocation_reason = NULL, revocation_told = false,
    version = version + 1
WHERE id = $1::uuid
