-- The last number that was given to a change of a token, committed or not; 0 before the first.
-- :one () -> number int8
SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS number FROM token_change_seq
