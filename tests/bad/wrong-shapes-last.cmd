verify wrong-shapes-last.json
