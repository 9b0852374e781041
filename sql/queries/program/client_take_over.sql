-- Makes a person the one who answers for a client that is locked, in the place of all others.
-- :exec (client uuid, account uuid)
WITH former AS (
    DELETE FROM client_person WHERE client_id = $1::uuid AND account_id <> $2::uuid
), taken AS (
    UPDATE client SET stop_told_at = NULL, version = version + 1 WHERE id = $1::uuid
)
INSERT INTO client_person (client_id, account_id, accepted_at) VALUES ($1::uuid, $2::uuid, now())
ON CONFLICT (client_id, account_id) DO UPDATE SET accepted_at = now()
