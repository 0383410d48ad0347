landscape mixed-target.csv --target k --hidden 1
