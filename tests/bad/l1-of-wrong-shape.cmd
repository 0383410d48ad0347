point instance.json --hidden 2 --pattern 1,0,0 --parameters l1-of-wrong-shape.json
