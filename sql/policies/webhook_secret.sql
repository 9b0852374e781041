-- Who sees a webhook sees its secrets.
DROP POLICY IF EXISTS webhook_secret_own ON webhook_secret;
CREATE POLICY webhook_secret_own ON webhook_secret
    USING (app_is_system() OR EXISTS (SELECT FROM webhook w WHERE w.id = webhook_id));
