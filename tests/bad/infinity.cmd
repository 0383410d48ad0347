verify infinity.json
