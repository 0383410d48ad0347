verify x-of-another-field.json
