prove prove-no-claims.json
