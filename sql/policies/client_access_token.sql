-- Who sees a program sees its access tokens.
DROP POLICY IF EXISTS client_access_token_own ON client_access_token;
CREATE POLICY client_access_token_own ON client_access_token
    USING (app_is_system() OR EXISTS (SELECT FROM client c WHERE c.id = client_id));
