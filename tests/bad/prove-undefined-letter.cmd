prove prove-undefined-letter.json
