-- Secrets of programs and webhooks that were kept for their Idempotency-Key are shown no more.
UPDATE idempotency_key SET body = NULL WHERE path ~ '^/v1/(clients|webhooks)(/|$)' AND body IS NOT NULL;
