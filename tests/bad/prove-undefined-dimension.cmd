prove prove-undefined-dimension.json
