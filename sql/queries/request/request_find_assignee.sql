-- An instructor of the product. $1 product, $2 account
SELECT a.id FROM account a
WHERE a.id = $2::uuid AND a.state = 'active'
  AND EXISTS (SELECT FROM staff_role s WHERE s.account_id = a.id AND s.product = $1
                AND s.role IN ('instructor', 'manager'))
