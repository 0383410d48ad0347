prove prove-scalar-and-matrix.json
