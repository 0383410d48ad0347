prove prove-bad-name.json
