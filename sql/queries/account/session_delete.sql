-- Ends a session.
-- :opt (session uuid) -> session_ended (
--     id_token text?)          -- of the identity provider, for the log-out there
DELETE FROM session WHERE id = $1::uuid RETURNING id_token
