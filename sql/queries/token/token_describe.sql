-- What mails say of a token.
-- :one (token uuid) -> token_description (
--     id uuid,
--     product text,
--     siret text,
--     request_id uuid,
--     request_number text,    -- D and the number
--     title text,
--     organisation_name text,
--     expires_on text,        -- day in Paris
--     revoked_on text?,       -- day and time in Paris
--     revocation_reason text?)
SELECT t.id, t.product, t.siret, t.request_id, 'D' || r.number AS request_number,
       coalesce(h.snapshot -> 'fields' ->> 'title', '') AS title, coalesce(o.name, t.siret) AS organisation_name,
       to_char(t.expires_at AT TIME ZONE 'Europe/Paris', 'DD/MM/YYYY') AS expires_on,
       to_char(t.revoked_at AT TIME ZONE 'Europe/Paris', 'DD/MM/YYYY à HH24:MI') AS revoked_on,
       t.revocation_reason
FROM token t
JOIN request r ON r.id = t.request_id
JOIN habilitation h ON h.id = t.habilitation_id
LEFT JOIN organisation o ON o.siret = t.siret
WHERE t.id = $1::uuid
