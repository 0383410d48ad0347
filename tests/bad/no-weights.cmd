verify no-weights.json
