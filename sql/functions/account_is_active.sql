-- Whether a person may act now: activated, not deleted, not suspended. Sessions, programs, webhooks, rights over
-- requests and tokens ask this function; `state = 'active'` alone says that the account exists.
CREATE OR REPLACE FUNCTION account_is_active(a account) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT a.state = 'active' AND (a.suspended_at IS NULL OR coalesce(a.suspended_until <= now(), false))
    $$;
