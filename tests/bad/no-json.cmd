verify no-json.json
