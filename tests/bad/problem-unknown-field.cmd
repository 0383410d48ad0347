prove problem-unknown-field.json
