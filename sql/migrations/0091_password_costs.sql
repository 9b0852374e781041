-- What the hashes of all accounts cost is looked up at each log-in, so that its time does not tell them apart.
CREATE FUNCTION password_cost(hash text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$
        SELECT regexp_replace(substring(hash from '^(?:[$]2[aby][$][0-9]{2}|[$]argon2id?[$]v=[0-9]+[$]m=[0-9]+,t=[0-9]+,p=[0-9]+)'),
                              '^[$]2[aby]', '$2b')
    $$;
CREATE INDEX account_password_cost_idx ON account (password_cost(password_hash)) WHERE password_hash IS NOT NULL;
