landscape small.csv --target kk --hidden 1
