-- $1 id, $2 request, $3 habilitation, $4 product, $5 siret, $6 scopes, $7 kid, $8 iat, $9 sealed string, $10 exp
INSERT INTO token (id, request_id, habilitation_id, subject_id, product, siret, scopes, kid, issued_at, sealed_jwt, expires_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $3::uuid, $4, $5,
        ARRAY(SELECT jsonb_array_elements_text($6::jsonb)), $7, $8::bigint, $9, to_timestamp($10::bigint))
