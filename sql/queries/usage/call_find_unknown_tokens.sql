-- The places, in a batch, of calls that name no token of the product.
-- :many (calls jsonb, product text) -> place int8
SELECT p.place - 1 AS place
FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY p (call, place)
WHERE NOT EXISTS (SELECT FROM token t WHERE t.id = (p.call ->> 'token_id')::uuid AND t.product = $2)
ORDER BY p.place
