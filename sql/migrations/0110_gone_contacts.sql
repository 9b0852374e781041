-- Contacts of what was granted whose account was deleted since. The snapshot is immutable and goes on naming them: this says
-- which of its contacts are not to be written to, without an address. See habilitation_fields.
CREATE TABLE habilitation_gone_contact (
    habilitation_id uuid NOT NULL CONSTRAINT habilitation_gone_contact_habilitation_fk REFERENCES habilitation (id) ON DELETE CASCADE,
    contact text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT habilitation_gone_contact_pk PRIMARY KEY (habilitation_id, contact)
);
COMMENT ON COLUMN habilitation_gone_contact.contact IS 'its member of contacts: data_controller, data_protection_officer, business, technical';
