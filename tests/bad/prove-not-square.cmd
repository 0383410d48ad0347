prove prove-not-square.json
