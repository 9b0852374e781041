-- Stores rows of StockUniteLegale.
-- :copy ()
COPY directory_stock_unit (row_number, siren, name, legal_category) FROM STDIN
