-- A person sees the programs that they made.
DROP POLICY IF EXISTS client_own ON client;
CREATE POLICY client_own ON client USING (app_is_system() OR account_id = app_account_id());
