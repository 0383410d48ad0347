prove prove-empty-claims.json
