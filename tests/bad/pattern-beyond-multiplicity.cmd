point instance.json --hidden 2 --pattern 2,0,0
