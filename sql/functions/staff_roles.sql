-- The roles that count now: those of an active account and, where the setting demands a second factor of those who
-- decide, of one that has it. Anyone who asks what somebody may do as staff reads this; staff_role itself says what was
-- granted. A plain SELECT, so that it becomes part of the statement that reads it.
CREATE OR REPLACE FUNCTION staff_roles() RETURNS SETOF staff_role
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT s.*
        FROM public.staff_role s
        JOIN public.account a ON a.id = s.account_id
        WHERE public.account_is_active(a)
          AND (s.role = 'reporter' OR NOT public.app_staff_second_factor()
               OR EXISTS (SELECT FROM public.second_factor f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL))
    $$;
