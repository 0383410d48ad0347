verify latin-1.json
