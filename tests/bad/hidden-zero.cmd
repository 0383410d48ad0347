landscape small.csv --target k --hidden 0
