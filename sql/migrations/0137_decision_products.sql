-- Former decisions get their product (0132), past row-level security.
SELECT set_config('app.is_system', 'on', true);
UPDATE decision d SET product = r.product FROM request r WHERE r.id = d.request_id AND d.product IS NULL;
CREATE INDEX decision_wait_idx ON decision (product, at DESC) INCLUDE (submitted_at) WHERE submitted_at IS NOT NULL;
