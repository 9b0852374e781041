-- Stores rows of StockEtablissement.
-- :copy ()
COPY directory_stock_establishment (row_number, siret, sign, street, postal_code, city, open) FROM STDIN
