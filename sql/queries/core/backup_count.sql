-- What a copy holds.
SELECT (SELECT count(*) FROM account) AS accounts, (SELECT count(*) FROM request) AS requests,
       (SELECT count(*) FROM token) AS tokens, (SELECT count(*) FROM audit) AS audit_rows
