-- Who sees a program sees who answers for it, and everybody where they do or did.
DROP POLICY IF EXISTS client_person_seen ON client_person;
CREATE POLICY client_person_seen ON client_person
    USING (app_is_system() OR account_id = app_account_id()
           OR EXISTS (SELECT FROM client c WHERE c.id = client_id));
