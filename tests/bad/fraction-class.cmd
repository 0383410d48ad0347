landscape fraction-class.csv --target k --classes --hidden 1
