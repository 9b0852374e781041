-- Conflict of interest: what a request is to a person whom it serves (applicant, organisation, contact), which keeps
-- them from judging it; NULL where it serves them in no way. A person who asked or wrote for it once, who left the
-- organisation, or who asked to join it and waits for support, counts too, or they could leave, judge and come back; so do addresses that the person had before or is
-- about to have, and the contacts of what was granted beside those of the draft as it is now.
CREATE OR REPLACE FUNCTION request_conflict(r request, person uuid) RETURNS text
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN CASE
            WHEN r.applicant_id = person
                 OR EXISTS (SELECT FROM request_event e
                            WHERE e.request_id = r.id AND e.actor_id = person AND NOT e.as_staff) THEN 'applicant'
            WHEN EXISTS (SELECT FROM membership m WHERE m.account_id = person AND m.siret = r.siret
                           AND m.state IN ('active', 'external', 'suspended', 'left')) THEN 'organisation'
            WHEN r.named_keys && account_known_emails(person) THEN 'contact'
        END;
    END
    $$;
