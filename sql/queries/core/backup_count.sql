-- What a copy contains.
-- :one () -> backup_counts (
--     accounts int8,
--     requests int8,
--     tokens int8,
--     audit_rows int8)
SELECT (SELECT count(*) FROM account) AS accounts, (SELECT count(*) FROM request) AS requests,
       (SELECT count(*) FROM token) AS tokens, (SELECT count(*) FROM audit) AS audit_rows
