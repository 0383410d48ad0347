verify duplicate-key.json
