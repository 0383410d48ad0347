landscape small.csv k --hidden 1
