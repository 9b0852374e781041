-- The roles of the staff that were granted to a person.
CREATE OR REPLACE FUNCTION account_roles_json(person uuid) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT coalesce(json_agg(json_build_object('role', s.role, 'product', s.product)
                                 ORDER BY s.granted_at, s.id), '[]')
        FROM staff_role s WHERE s.account_id = person
    $$;
