verify missing.json
