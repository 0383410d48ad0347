verify reducible.json
