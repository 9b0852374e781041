-- Tokens that are over, where they are few among all.
CREATE INDEX token_revoked_at_idx ON token (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX token_ending_idx ON token (expires_at);
