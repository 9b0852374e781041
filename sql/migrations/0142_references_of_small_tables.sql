-- The foreign keys of small tables, each with an index: see 0140.
CREATE INDEX IF NOT EXISTS client_siret_fk_idx ON client (siret) WHERE siret IS NOT NULL;
CREATE INDEX IF NOT EXISTS decision_template_updated_by_fk_idx ON decision_template (updated_by) WHERE updated_by IS NOT NULL;
CREATE INDEX IF NOT EXISTS habilitation_attachment_attachment_id_fk_idx ON habilitation_attachment (attachment_id);
CREATE INDEX IF NOT EXISTS membership_report_reported_by_fk_idx ON membership_report (reported_by);
CREATE INDEX IF NOT EXISTS registration_siret_fk_idx ON registration (siret);
CREATE INDEX IF NOT EXISTS request_takeover_applicant_id_fk_idx ON request_takeover (applicant_id);
CREATE INDEX IF NOT EXISTS second_factor_reset_asked_by_fk_idx ON second_factor_reset (asked_by);
CREATE INDEX IF NOT EXISTS staff_role_granted_by_fk_idx ON staff_role (granted_by) WHERE granted_by IS NOT NULL;
CREATE INDEX IF NOT EXISTS trusted_domain_added_by_fk_idx ON trusted_domain (added_by) WHERE added_by IS NOT NULL;
CREATE INDEX IF NOT EXISTS webhook_client_id_fk_idx ON webhook (client_id) WHERE client_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS webhook_siret_fk_idx ON webhook (siret) WHERE siret IS NOT NULL;
