prove prove-unicode.json
