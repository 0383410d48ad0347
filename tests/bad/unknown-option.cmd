landscape small.csv --target k --hidden 1 --width 2
