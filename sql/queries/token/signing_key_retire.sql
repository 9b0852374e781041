-- A key that leaked proves nothing any more. No row is affected where it is not known.
-- :affected (kid text)
UPDATE signing_key SET state = 'retired' WHERE kid = $1
