-- A later approval: the same string with the new habilitation, scopes and expiry.
-- $1 id, $2 habilitation, $3 scopes, $4 exp
UPDATE token
SET habilitation_id = $2::uuid, scopes = ARRAY(SELECT jsonb_array_elements_text($3::jsonb)),
    expires_at = to_timestamp($4::bigint), version = version + 1
WHERE id = $1::uuid
