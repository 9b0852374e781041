-- The first number that stands twice in a stock file: asked when the directory could not be made.
-- :opt () -> directory_double (
--     file text,
--     kind text,        -- SIRET or SIREN
--     number text,
--     first_row int8,   -- the header not counted
--     second_row int8,
--     doubles int8)     -- numbers of this file that stand more than once
SELECT d.file, d.kind, d.number, d.rows[1] AS first_row, d.rows[2] AS second_row, d.doubles
FROM (SELECT 'StockEtablissement' AS file, 'SIRET' AS kind, siret AS number,
             array_agg(row_number ORDER BY row_number) AS rows, count(*) OVER () AS doubles
      FROM directory_stock_establishment GROUP BY siret HAVING count(*) > 1
      UNION ALL
      SELECT 'StockUniteLegale', 'SIREN', siren, array_agg(row_number ORDER BY row_number), count(*) OVER ()
      FROM directory_stock_unit GROUP BY siren HAVING count(*) > 1) d
ORDER BY d.file, d.rows[2]
LIMIT 1
