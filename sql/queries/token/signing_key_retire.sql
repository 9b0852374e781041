-- A key that leaked proves nothing any more. One row where it is known. $1 kid
UPDATE signing_key SET state = 'retired' WHERE kid = $1 RETURNING kid
