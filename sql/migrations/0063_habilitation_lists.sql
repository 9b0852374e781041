-- The lists of habilitations: by their state through an index, and behind a wall that does not read
-- every request first.

-- What was granted never changes; where it stands follows its request.
ALTER TABLE habilitation ADD COLUMN state text NOT NULL DEFAULT 'superseded'
    CONSTRAINT habilitation_state_known CHECK (state IN ('active', 'superseded', 'revoked'));
COMMENT ON COLUMN habilitation.state IS 'derived from the request, see habilitation_state_in';
DROP TRIGGER habilitation_immutable ON habilitation;
CREATE TRIGGER habilitation_immutable
    BEFORE DELETE OR UPDATE OF id, number, request_id, decision_id, product, use_case, form_version, siret,
        applicant_id, scopes, snapshot, confirmation_code, approved_at ON habilitation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

SET LOCAL app.is_system = 'on';
UPDATE habilitation h SET state = habilitation_state_in(h, r) FROM request r WHERE r.id = h.request_id;
SET LOCAL app.is_system = 'off';

CREATE FUNCTION request_place_habilitations() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET app.is_system = 'on'
    AS $$
    BEGIN
        UPDATE habilitation h SET state = habilitation_state_in(h, NEW)
        WHERE h.request_id = NEW.id AND h.state <> habilitation_state_in(h, NEW);
        RETURN NULL;
    END $$;
CREATE TRIGGER request_place_habilitations AFTER UPDATE ON request
    FOR EACH ROW WHEN (NEW.habilitation_id IS NOT NULL
                       AND (OLD.state <> NEW.state OR OLD.habilitation_id IS DISTINCT FROM NEW.habilitation_id))
    EXECUTE FUNCTION request_place_habilitations();
CREATE OR REPLACE FUNCTION habilitation_state(h habilitation) RETURNS text
    LANGUAGE sql STABLE
    AS $$ SELECT h.state $$;

CREATE INDEX habilitation_state_idx ON habilitation (state, approved_at DESC, id DESC);
CREATE INDEX habilitation_product_idx ON habilitation (product, approved_at DESC, id DESC);
CREATE INDEX habilitation_siret_idx ON habilitation (siret);

-- Organisation and product of a request never change and are copied into its habilitations; a
-- habilitation comes of a submission. So whoever sees the request as a member or as staff sees it by
-- its own columns; the applicant and the contacts by the request.
ALTER POLICY habilitation_seen ON habilitation USING (
    (SELECT app_is_system())
    OR siret IN (SELECT m.siret FROM membership m
                 WHERE m.account_id = (SELECT app_account_id()) AND m.state = 'active')
    OR product IN (SELECT s.product FROM staff_role s
                   WHERE s.account_id = (SELECT app_account_id()) AND s.product IS NOT NULL)
    OR (SELECT EXISTS (SELECT FROM staff_role s WHERE s.account_id = app_account_id() AND s.role = 'admin'))
    OR EXISTS (SELECT FROM request r WHERE r.id = request_id));
CREATE POLICY habilitation_of_client ON habilitation AS RESTRICTIVE USING (
    coalesce((SELECT app_client_siret()) = siret, true)
    AND coalesce((SELECT app_client_product()) = product, true));

-- Without a subquery that depends on the row, so that it becomes part of the statement that calls it.
CREATE FUNCTION habilitations_found(asked_state text, asked_product text, asked_siret text, asked_request uuid,
                                    before_us bigint, before_id uuid)
    RETURNS SETOF habilitation
    LANGUAGE sql STABLE
    AS $$
        SELECT h.* FROM habilitation h
        WHERE (asked_state IS NULL OR h.state = asked_state)
          AND (asked_product IS NULL OR h.product = asked_product)
          AND (asked_siret IS NULL OR h.siret = asked_siret)
          AND (asked_request IS NULL OR h.request_id = asked_request)
          AND (before_us IS NULL
               OR (h.approved_at, h.id) < (timestamptz 'epoch' + before_us * interval '1 microsecond', before_id))
    $$;
