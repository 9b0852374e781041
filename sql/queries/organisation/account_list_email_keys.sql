-- The addresses that an account has and had, as their keys.
-- :many (account uuid) -> email_key text
SELECT email_key FROM account WHERE id = $1::uuid
UNION
SELECT email_key FROM account_former_email WHERE account_id = $1::uuid
