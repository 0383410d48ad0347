verify flat.json
