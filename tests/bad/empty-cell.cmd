landscape empty-cell.csv --target k --hidden 1
