-- A program keeps the webhooks of what it was made for, and no other of its account.
CREATE POLICY webhook_of_client ON webhook AS RESTRICTIVE
    USING (coalesce(app_client_siret() = siret, app_client_siret() IS NULL)
           AND coalesce(app_client_product() = product, true));
