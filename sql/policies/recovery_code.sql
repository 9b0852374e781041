-- A person sees their own recovery codes.
DROP POLICY IF EXISTS recovery_code_own ON recovery_code;
CREATE POLICY recovery_code_own ON recovery_code USING (app_is_system() OR account_id = app_account_id());
