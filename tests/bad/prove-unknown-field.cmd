prove prove-unknown-field.json
