-- Establishments that meet all four patterns ('%' where there are fewer words). Only the first thousand are
-- sorted: very common words find more.
-- :many (word_1 text, word_2 text, word_3 text, word_4 text,
--        commune text,  -- a pattern that a commune meets whatever its name
--        limit int4, offset int4) -> directory_row
SELECT f.siret, f.name, f.legal_category, f.open,
       nullif(concat_ws(', ', f.street, nullif(concat_ws(' ', f.postal_code, f.city), '')), '') AS address
FROM (SELECT * FROM directory_establishment d
      WHERE search_key(d.name || ' ' || coalesce(d.city, '')) LIKE search_key($1)
        AND search_key(d.name || ' ' || coalesce(d.city, '')) LIKE search_key($2)
        AND search_key(d.name || ' ' || coalesce(d.city, '')) LIKE search_key($3)
        AND search_key(d.name || ' ' || coalesce(d.city, '')) LIKE search_key($4)
        AND (d.legal_category IN ('7210', '7229')
             OR search_key(d.name || ' ' || coalesce(d.city, '')) LIKE search_key($5))
      LIMIT 1000) f
ORDER BY f.open DESC, length(f.name), f.name, f.siret
LIMIT $6::int OFFSET $7::int
