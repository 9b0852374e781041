-- The session in which the factor was enrolled counts as having shown it.
-- :exec (session uuid)
UPDATE session SET second_factor = true WHERE id = $1::uuid
