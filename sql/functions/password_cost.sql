-- What it costs to verify a hash: its kind and parameters; bcrypt under any of its names is "$2b$" and its cost.
CREATE OR REPLACE FUNCTION password_cost(hash text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$
        SELECT regexp_replace(substring(hash from '^(?:[$]2[aby][$][0-9]{2}|[$]argon2id?[$]v=[0-9]+[$]m=[0-9]+,t=[0-9]+,p=[0-9]+)'),
                              '^[$]2[aby]', '$2b')
    $$;
