verify huge-number.json
