-- Contacts of what was granted, by the key of their address: as contact_key has it, which a generated column may not call
-- because its text is replayed.
ALTER TABLE habilitation
    ADD COLUMN technical_key text GENERATED ALWAYS AS (coalesce(snapshot #>> '{fields,contacts,technical,email_key}',
        lower(snapshot #>> '{fields,contacts,technical,email}'))) STORED,
    ADD COLUMN business_key text GENERATED ALWAYS AS (coalesce(snapshot #>> '{fields,contacts,business,email_key}',
        lower(snapshot #>> '{fields,contacts,business,email}'))) STORED;
CREATE INDEX habilitation_technical_key_idx ON habilitation (technical_key);
CREATE INDEX habilitation_business_key_idx ON habilitation (business_key);
DROP INDEX habilitation_technical_email_idx;
DROP INDEX habilitation_business_email_idx;
