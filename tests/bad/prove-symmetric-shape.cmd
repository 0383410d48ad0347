prove prove-symmetric-shape.json
