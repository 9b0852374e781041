-- What people type and what is searched, without case nor accents. unaccent() is only STABLE because
-- its dictionary could be replaced; here it is not, so an index may use it.
CREATE OR REPLACE FUNCTION search_key(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, value)) $$;
