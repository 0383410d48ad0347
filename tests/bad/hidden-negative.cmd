landscape small.csv --target k --hidden=-1
