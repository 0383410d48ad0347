prove prove-negative-dimension.json
