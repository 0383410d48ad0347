verify list.json
