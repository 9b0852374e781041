-- Who sees a token sees its links.
DROP POLICY IF EXISTS token_share_seen ON token_share;
CREATE POLICY token_share_seen ON token_share
    USING (app_is_system() OR EXISTS (SELECT FROM token t WHERE t.id = token_id));
