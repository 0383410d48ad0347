verify two-values.json
