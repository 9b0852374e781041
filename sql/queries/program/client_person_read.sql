-- What a person is to a client that is locked, and what is left without them. Run after client_lock, for the reason
-- given in client_count_secrets. No row: nothing.
-- :opt (client uuid, account uuid) -> client_person_state (
--     is_accepted bool,
--     counts bool,             -- lends it their rights now
--     others int8)             -- responsible persons who count beside them
SELECT p.accepted_at IS NOT NULL AS is_accepted, b.account_id IS NOT NULL AS counts,
       (SELECT count(*) FROM client_backers(c) o WHERE o.account_id <> p.account_id) AS others
FROM client c
JOIN client_person p ON p.client_id = c.id AND p.account_id = $2::uuid
LEFT JOIN client_backers(c) b ON b.account_id = p.account_id
WHERE c.id = $1::uuid
