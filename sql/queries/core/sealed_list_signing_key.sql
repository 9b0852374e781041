-- The next sealed values behind a key, NULL for the first; none that was lost with its master key (RUNBOOK.md): private keys of the tokens.
-- :many (after text?, limit int4) -> sealed_value (
--     key text,                -- of the row, as sealed_set_… takes it
--     context text,            -- that it was sealed for
--     sealed text)
SELECT kid AS key, 'signing_key/' || kid AS context, sealed_private_pem AS sealed
FROM signing_key
WHERE sealed_private_pem <> '' AND kid > coalesce($1::text, '')
ORDER BY kid
LIMIT $2::int
