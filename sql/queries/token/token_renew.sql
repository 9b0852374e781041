-- A later approval: the same string with the new habilitation, scopes and expiry.
-- :exec (id uuid, habilitation uuid, scopes jsonb, expires_at_s int8)
UPDATE token
SET habilitation_id = $2::uuid, scopes = ARRAY(SELECT jsonb_array_elements_text($3::jsonb)),
    expires_at = to_timestamp($4::bigint), version = version + 1
WHERE id = $1::uuid
