prove prove-blow-up.json
