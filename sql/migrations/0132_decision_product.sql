-- The product of a decision, so that the median delay of one product is read off an index (median_wait). Former rows get
-- theirs first: nothing reads the column yet.
SELECT set_config('app.is_system', 'on', true);
ALTER TABLE decision ADD COLUMN product text;
COMMENT ON COLUMN decision.product IS 'of its request, which keeps it';
UPDATE decision d SET product = r.product FROM request r WHERE r.id = d.request_id;
CREATE INDEX decision_wait_idx ON decision (product, at DESC) INCLUDE (submitted_at) WHERE submitted_at IS NOT NULL;
