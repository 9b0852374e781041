SELECT directory_stock_publish()
