-- A person sees the addresses that they had.
DROP POLICY IF EXISTS account_former_email_own ON account_former_email;
CREATE POLICY account_former_email_own ON account_former_email
    USING (app_is_system() OR account_id = app_account_id());
