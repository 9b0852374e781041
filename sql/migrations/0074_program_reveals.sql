-- A program that rotates a token gets the new string: which program it was stays known.
ALTER TABLE token_reveal ADD COLUMN client_id uuid;
COMMENT ON COLUMN token_reveal.client_id IS 'the program that got the string, kept once it is deleted; NULL for a person';
