verify truth-value.json
