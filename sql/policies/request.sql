-- Applicant who may act for it, active members of the organisation, from the first submission on the staff of the product,
-- administrators and named contacts; a program what it is bound to alone.
DROP POLICY IF EXISTS request_seen ON request;
CREATE POLICY request_seen ON request USING (
    (SELECT app_is_system())
    OR siret IN (SELECT m.siret FROM membership m
                 WHERE m.account_id = (SELECT app_account_id()) AND m.state = 'active')
    OR (applicant_id = (SELECT app_account_id()) AND siret = ANY (applicant_sirets(applicant_id)))
    OR (first_submitted_at IS NOT NULL
        AND (product IN (SELECT s.product FROM staff_roles() s
                         WHERE s.account_id = (SELECT app_account_id()) AND s.product IS NOT NULL)
             OR (SELECT EXISTS (SELECT FROM staff_roles() s
                                WHERE s.account_id = app_account_id() AND s.role = 'admin'))
             OR (contact_emails && (SELECT app_account_emails())
                 AND siret <> ALL ((SELECT excluded_sirets(app_account_id()))::text[])))));
DROP POLICY IF EXISTS request_of_client ON request;
CREATE POLICY request_of_client ON request AS RESTRICTIVE USING (
    coalesce((SELECT app_client_siret()) = siret, true)
    AND coalesce((SELECT app_client_product()) = product, true));
