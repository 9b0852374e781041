-- One address without its length, a block with it.
CREATE OR REPLACE FUNCTION address_text(block cidr) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$
        SELECT CASE WHEN masklen(block) = CASE family(block) WHEN 4 THEN 32 ELSE 128 END THEN host(block) ELSE block::text END
    $$;
