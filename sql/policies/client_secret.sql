-- The responsible persons of a program see its secrets.
DROP POLICY IF EXISTS client_secret_own ON client_secret;
CREATE POLICY client_secret_own ON client_secret
    USING (app_is_system()
           OR EXISTS (SELECT FROM client c WHERE c.id = client_id
                        AND client_relation(c.id, c.siret, c.product, app_account_id()) = 'responsible'));
