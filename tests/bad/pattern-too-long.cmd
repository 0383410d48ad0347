point instance.json --hidden 1 --pattern 1,0,0,0
