-- Deletes a template of a product.
-- :affected (product text, template uuid)
DELETE FROM decision_template WHERE product = $1 AND id = $2::uuid
