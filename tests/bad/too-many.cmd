verify list.json missing-too.json
