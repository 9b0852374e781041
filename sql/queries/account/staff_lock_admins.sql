-- Two administrators cannot withdraw each other at the same time.
SELECT s.account_id FROM staff_role s JOIN account a ON a.id = s.account_id
WHERE s.role = 'admin' AND a.state = 'active' FOR UPDATE OF s
