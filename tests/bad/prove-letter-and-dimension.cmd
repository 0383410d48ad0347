prove prove-letter-and-dimension.json
