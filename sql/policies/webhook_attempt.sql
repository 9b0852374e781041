-- Who sees a webhook sees its calls.
DROP POLICY IF EXISTS webhook_attempt_own ON webhook_attempt;
CREATE POLICY webhook_attempt_own ON webhook_attempt
    USING (app_is_system() OR EXISTS (SELECT FROM webhook w WHERE w.id = webhook_id));
