prove prove-long-number.json
