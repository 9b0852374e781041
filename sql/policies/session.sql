-- A person sees their own sessions.
DROP POLICY IF EXISTS session_own ON session;
CREATE POLICY session_own ON session USING (app_is_system() OR account_id = app_account_id());
