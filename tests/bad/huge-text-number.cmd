verify huge-text-number.json
