-- The responsible persons of a program see its access tokens.
DROP POLICY IF EXISTS client_access_token_own ON client_access_token;
CREATE POLICY client_access_token_own ON client_access_token
    USING (app_is_system()
           OR EXISTS (SELECT FROM client c WHERE c.id = client_id
                        AND client_relation(c.id, c.siret, c.product, app_account_id()) = 'responsible'));
