landscape small.csv --hidden 1
