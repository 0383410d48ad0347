verify missing-field.json
