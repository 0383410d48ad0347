prove prove-open-bracket.json
