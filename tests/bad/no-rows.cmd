verify no-rows.json
