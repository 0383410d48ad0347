landscape semicolons.csv --target k --hidden 1
