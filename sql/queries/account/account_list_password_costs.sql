-- What the hashes of all accounts cost, each once, by one look into the index for each.
-- :many () -> cost text
WITH RECURSIVE costs AS (
    (SELECT password_cost(a.password_hash) AS cost FROM account a
     WHERE a.password_hash IS NOT NULL ORDER BY password_cost(a.password_hash) LIMIT 1)
    UNION ALL
    SELECT (SELECT password_cost(a.password_hash) FROM account a
            WHERE a.password_hash IS NOT NULL AND password_cost(a.password_hash) > c.cost
            ORDER BY password_cost(a.password_hash) LIMIT 1)
    FROM costs c WHERE c.cost IS NOT NULL)
SELECT cost FROM costs WHERE cost IS NOT NULL LIMIT 16
