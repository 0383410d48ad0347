prove prove-deep.json
