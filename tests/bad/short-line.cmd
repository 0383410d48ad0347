landscape short-line.csv --target k --hidden 1
