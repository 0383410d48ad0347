prove prove-reserved-name.json
