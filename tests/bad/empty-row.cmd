verify empty-row.json
