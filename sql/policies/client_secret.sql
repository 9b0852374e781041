-- Who sees a program sees its secrets.
DROP POLICY IF EXISTS client_secret_own ON client_secret;
CREATE POLICY client_secret_own ON client_secret
    USING (app_is_system() OR EXISTS (SELECT FROM client c WHERE c.id = client_id));
