landscap small.csv
