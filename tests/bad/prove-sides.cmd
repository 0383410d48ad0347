prove prove-sides.json
