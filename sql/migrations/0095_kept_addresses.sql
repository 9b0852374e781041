-- Addresses that an account had before: who is named in a request under one of them judges nothing of it.
CREATE TABLE account_former_email (
    account_id uuid NOT NULL CONSTRAINT account_former_email_account_fk REFERENCES account (id) ON DELETE CASCADE,
    email_key text NOT NULL,
    email text NOT NULL,
    until timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT account_former_email_pk PRIMARY KEY (account_id, email_key)
);
COMMENT ON COLUMN account_former_email.email IS 'in lower case; email_key has its domain in ASCII as well';
CREATE INDEX account_former_email_key_idx ON account_former_email (email_key);
CREATE INDEX account_former_email_until_idx ON account_former_email (until);
ALTER TABLE account_former_email ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_former_email FORCE ROW LEVEL SECURITY;

-- Who was kept out of an organisation when they deleted their account: under the same address they wait for support.
CREATE TABLE membership_exclusion (
    siret text NOT NULL CONSTRAINT membership_exclusion_organisation_fk REFERENCES organisation (siret),
    address_mac text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT membership_exclusion_pk PRIMARY KEY (siret, address_mac)
);
COMMENT ON COLUMN membership_exclusion.address_mac IS 'of the e-mail address, by a key that follows from the master key: who has the table alone cannot tell whose';
CREATE INDEX membership_exclusion_at_idx ON membership_exclusion (at);
ALTER TABLE membership_exclusion ENABLE ROW LEVEL SECURITY;
ALTER TABLE membership_exclusion FORCE ROW LEVEL SECURITY;
ALTER TABLE membership ADD COLUMN excluded_before boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN membership.excluded_before IS 'suspended because the address was kept out of the organisation before';
