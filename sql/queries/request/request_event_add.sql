-- Adds an entry to the history of a request.
-- :exec (request uuid,
--        event text,       -- EventName of openapi.yaml
--        from_state text,  -- none: it did not exist yet
--        to_state text,
--        account uuid?,    -- NULL: the program itself
--        as_staff bool,
--        detail jsonb)     -- {reason, changes, fields, files, program}, all of them optional
INSERT INTO request_event (request_id, event, from_state, to_state, actor_id, as_staff, detail)
VALUES ($1::uuid, $2, nullif($3, 'none'), $4, $5::uuid, $6::boolean, $7::jsonb)
