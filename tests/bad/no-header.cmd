landscape no-header.csv --target k --hidden 1
