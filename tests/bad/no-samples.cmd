landscape no-samples.csv --target k --hidden 1
