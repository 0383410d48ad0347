landscape huge-number.csv --target b --hidden 1
