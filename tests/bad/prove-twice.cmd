prove prove-twice.json
