-- A program is visible to those who may be responsible for it, and to programs with the same binding.
DROP POLICY IF EXISTS client_own ON client;
CREATE POLICY client_own ON client
    USING (app_is_system() OR client_relation(id, siret, product, app_account_id()) IS NOT NULL);
DROP POLICY IF EXISTS client_of_client ON client;
CREATE POLICY client_of_client ON client AS RESTRICTIVE
    USING (coalesce(app_client_siret() = siret, app_client_siret() IS NULL)
           AND coalesce(app_client_product() = product, app_client_product() IS NULL));
