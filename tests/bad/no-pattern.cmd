point instance.json --hidden 1
