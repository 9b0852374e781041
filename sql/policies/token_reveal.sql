-- Who sees a token sees who saw its string.
DROP POLICY IF EXISTS token_reveal_seen ON token_reveal;
CREATE POLICY token_reveal_seen ON token_reveal
    USING (app_is_system() OR EXISTS (SELECT FROM token t WHERE t.id = token_id));
