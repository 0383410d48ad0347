landscape small.csv --target k
