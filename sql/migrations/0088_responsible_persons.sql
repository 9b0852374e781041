-- A program belongs to an organisation or a product, and has the rights of its responsible persons.

-- The owner is under row-level security too.
SET LOCAL app.is_system = 'on';

CREATE TABLE client_person (
    client_id uuid NOT NULL CONSTRAINT client_person_client_fk REFERENCES client (id) ON DELETE CASCADE,
    account_id uuid NOT NULL CONSTRAINT client_person_account_fk REFERENCES account (id) ON DELETE CASCADE,
    asked_at timestamptz NOT NULL DEFAULT now(),
    accepted_at timestamptz,
    CONSTRAINT client_person_pk PRIMARY KEY (client_id, account_id)
);
COMMENT ON COLUMN client_person.accepted_at IS 'NULL: was asked, and is not responsible yet';
CREATE INDEX client_person_account_idx ON client_person (account_id);
ALTER TABLE client_person ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_person FORCE ROW LEVEL SECURITY;
CREATE POLICY client_person_seen ON client_person USING (app_is_system());

-- Whoever made a program is the first to answer for it; by trigger, since programs of the former release make
-- clients too while both run.
CREATE FUNCTION client_add_maker() RETURNS trigger
    LANGUAGE plpgsql
    SET app.is_system = 'on'
    AS $$
    BEGIN
        INSERT INTO client_person (client_id, account_id, accepted_at) VALUES (NEW.id, NEW.account_id, now());
        RETURN NULL;
    END $$;
CREATE TRIGGER client_maker AFTER INSERT ON client FOR EACH ROW EXECUTE FUNCTION client_add_maker();
INSERT INTO client_person (client_id, account_id, asked_at, accepted_at)
SELECT c.id, c.account_id, c.created_at, c.created_at FROM client c;

COMMENT ON COLUMN client.account_id IS 'who made it; who answers for it is in client_person';
ALTER TABLE client ADD COLUMN stop_told_at timestamptz;
COMMENT ON COLUMN client.stop_told_at IS 'when all who could take it over were told that nobody answers for it; NULL: somebody does';
CREATE INDEX client_siret_idx ON client (siret) WHERE siret IS NOT NULL;
CREATE INDEX client_product_idx ON client (product) WHERE product IS NOT NULL;

ALTER TABLE client_secret ADD COLUMN expires_at timestamptz;

-- A webhook that a program made is the program's; the audit knows which.
ALTER TABLE webhook ADD COLUMN client_id uuid CONSTRAINT webhook_client_fk REFERENCES client (id) ON DELETE CASCADE;
COMMENT ON COLUMN webhook.client_id IS 'the program that made it, which it belongs to; NULL: the account';
CREATE INDEX webhook_client_idx ON webhook (client_id) WHERE client_id IS NOT NULL;
UPDATE webhook w SET client_id = c.id
FROM audit u JOIN client c ON c.id::text = u.detail ->> 'client_id'
WHERE u.action = 'webhook.create' AND u.subject_id = w.id::text AND u.actor_kind = 'client';
