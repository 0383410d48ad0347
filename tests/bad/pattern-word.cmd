point instance.json --hidden 1 --pattern 1,x
