verify empty.json
