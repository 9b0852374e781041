-- Sign-ups that wait for their activation. An account is made by the activation, and by nothing before it.
CREATE TABLE registration (
    id uuid CONSTRAINT registration_pk PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL,
    email_key text NOT NULL,
    given_name text NOT NULL,
    family_name text NOT NULL,
    job_title text,
    phone text,
    siret text NOT NULL CONSTRAINT registration_organisation_fk REFERENCES organisation (siret),
    secret_hash bytea CONSTRAINT registration_secret_hash_uq UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours'
);
COMMENT ON COLUMN registration.id IS 'becomes that of the account';
COMMENT ON COLUMN registration.secret_hash IS 'of the mailed link; NULL until the mail is written';
CREATE INDEX registration_email_key_idx ON registration (email_key);
CREATE INDEX registration_expires_at_idx ON registration (expires_at);
ALTER TABLE registration ENABLE ROW LEVEL SECURITY;
ALTER TABLE registration FORCE ROW LEVEL SECURITY;
CREATE POLICY registration_system ON registration USING (app_is_system());

-- Links of the former release that are under way go on opening what they opened.
SELECT set_config('app.is_system', 'on', true);
INSERT INTO registration (email, email_key, given_name, family_name, job_title, phone, siret, secret_hash,
                          created_at, expires_at)
SELECT a.email, a.email_key, a.given_name, a.family_name, a.job_title, a.phone, m.siret, l.secret_hash,
       l.created_at, l.expires_at
FROM link l
JOIN account a ON a.id = l.account_id
JOIN membership m ON m.account_id = a.id AND m.state = 'pending'
WHERE l.kind = 'activation' AND l.used_at IS NULL AND l.expires_at > now() AND a.state = 'pending'
ON CONFLICT DO NOTHING;
