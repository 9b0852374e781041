-- The list of accounts, read from the newest where a word is in most of them.
CREATE INDEX account_created_at_idx ON account (created_at DESC, id DESC) WHERE state <> 'deleted';
