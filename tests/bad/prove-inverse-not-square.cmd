prove prove-inverse-not-square.json
