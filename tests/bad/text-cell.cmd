landscape text-cell.csv --target k --hidden 1
