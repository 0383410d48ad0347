prove prove-circular.json
