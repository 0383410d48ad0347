verify wrong-shapes.json
