landscape open-quote.csv --target k --hidden 1
