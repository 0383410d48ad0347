landscape small.csv --target k --hidden two
