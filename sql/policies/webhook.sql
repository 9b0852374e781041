-- A person sees their own webhooks and those of the programs that they answer for; a program those of what it is
-- bound to.
DROP POLICY IF EXISTS webhook_own ON webhook;
CREATE POLICY webhook_own ON webhook USING (app_is_system() OR webhook_is_of(webhook, app_account_id()));
DROP POLICY IF EXISTS webhook_of_client ON webhook;
CREATE POLICY webhook_of_client ON webhook AS RESTRICTIVE
    USING (coalesce(app_client_siret() = siret, app_client_siret() IS NULL)
           AND coalesce(app_client_product() = product, true));
