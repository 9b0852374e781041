-- Whom a request names is looked up by keys: as its contacts in force (contact_emails), or anywhere in it (named_keys).
ALTER TABLE request ADD COLUMN named_keys text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN request.contact_emails IS 'derived: keys of the addresses of the contacts in force, see fields_in_force';
COMMENT ON COLUMN request.named_keys IS 'derived: those, and the keys of the addresses and telephone numbers that were typed since';
CREATE INDEX request_named_keys_idx ON request USING gin (named_keys);
