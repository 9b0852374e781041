-- The last number that was given to a change of a token, committed or not (0 before the first), and a hash of
-- the signing keys with their states, which differs once one of them changed.
-- :one () -> token_changes (number int8, keys_hash int8)
SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS number,
       (SELECT coalesce(hashtextextended(string_agg(kid || ' ' || state, ',' ORDER BY kid), 0), 0)
        FROM (SELECT kid, state FROM signing_key UNION ALL SELECT name, 'former' FROM former_system) k) AS keys_hash
FROM token_change_seq
