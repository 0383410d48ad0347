verify float-exponent.json
