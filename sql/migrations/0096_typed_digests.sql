-- What staff typed to find somebody is recorded as a keyed digest (core/typed.h). Of what was recorded before, it stays
-- unknown.
UPDATE access_log
SET detail = detail || jsonb_strip_nulls(jsonb_build_object('q', CASE WHEN detail ? 'q' THEN 'hmac:' END,
                                                            'account', CASE WHEN detail ->> 'account' LIKE '%@%' THEN 'hmac:' END,
                                                            'object_id', CASE WHEN detail ->> 'object_id' !~ '^[0-9a-f-]{36}$' THEN 'hmac:' END))
WHERE detail ?| ARRAY['q', 'account', 'object_id'];

CREATE INDEX access_log_typed_idx ON access_log (coalesce(detail ->> 'q', detail ->> 'account'), id)
    WHERE coalesce(detail ->> 'q', detail ->> 'account') IS NOT NULL;
