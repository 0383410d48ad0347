verify wrong-shapes-inside.json
