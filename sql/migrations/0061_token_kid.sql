-- Which tokens a key signed: asked at each rotation of the keys, and token by token when one leaked.
CREATE INDEX token_kid_idx ON token (kid);
CREATE INDEX token_previous_kid_idx ON token (previous_kid) WHERE previous_kid IS NOT NULL;
