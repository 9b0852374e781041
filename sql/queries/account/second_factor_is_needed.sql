-- Whether the account has a role that asks for a second factor.
-- :one (account uuid) -> is_needed bool
SELECT account_needs_second_factor($1::uuid) AS is_needed
