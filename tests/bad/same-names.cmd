landscape same-names.csv --target k --hidden 1
