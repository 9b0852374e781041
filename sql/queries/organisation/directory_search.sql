-- $1 to $4 patterns, all to be met ('%' where there are fewer words), $5 pattern that a commune meets
-- whatever its name, $6 limit, $7 how many were shown.
-- Of very common words only the first thousand are sorted.
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
