prove prove-one-dimension.json
