-- Ends the registrations of an address.
-- :exec (email_key text)
DELETE FROM registration WHERE email_key = $1
