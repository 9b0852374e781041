-- The account of an address, where it may answer for what a client is bound to.
-- :opt (email_key text, siret text?, product text?) -> client_candidate (
--     account_id uuid,
--     email text,
--     given_name text)
SELECT a.id AS account_id, a.email, a.given_name
FROM account a
WHERE a.email_key = $1 AND may_answer_for($2, $3, a.id)
