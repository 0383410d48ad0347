verify weights-by-name.json
