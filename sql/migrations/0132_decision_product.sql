-- The product of a decision, so that the median delay of one product is read off an index (median_wait).
ALTER TABLE decision ADD COLUMN product text;
COMMENT ON COLUMN decision.product IS 'of its request, which keeps it';
