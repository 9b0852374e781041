-- The foreign keys of this table, each with an index: see 0140.
CREATE INDEX IF NOT EXISTS token_reveal_account_id_fk_idx ON token_reveal (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS token_reveal_share_id_fk_idx ON token_reveal (share_id) WHERE share_id IS NOT NULL;
