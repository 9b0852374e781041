-- As its request, told by its own columns where they suffice; a program what it is bound to alone.
DROP POLICY IF EXISTS habilitation_seen ON habilitation;
CREATE POLICY habilitation_seen ON habilitation USING (
    (SELECT app_is_system())
    OR siret IN (SELECT m.siret FROM membership m
                 WHERE m.account_id = (SELECT app_account_id()) AND m.state = 'active')
    OR product IN (SELECT s.product FROM staff_roles() s
                   WHERE s.account_id = (SELECT app_account_id()) AND s.product IS NOT NULL)
    OR (SELECT EXISTS (SELECT FROM staff_roles() s WHERE s.account_id = app_account_id() AND s.role = 'admin'))
    OR EXISTS (SELECT FROM request r WHERE r.id = request_id));
DROP POLICY IF EXISTS habilitation_of_client ON habilitation;
CREATE POLICY habilitation_of_client ON habilitation AS RESTRICTIVE USING (
    coalesce((SELECT app_client_siret()) = siret, true)
    AND coalesce((SELECT app_client_product()) = product, true));
