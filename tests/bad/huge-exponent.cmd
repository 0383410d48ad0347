verify huge-exponent.json
