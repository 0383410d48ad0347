landscape small.csv --target a --target b --target k --hidden 1
