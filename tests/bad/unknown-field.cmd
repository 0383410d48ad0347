verify unknown-field.json
