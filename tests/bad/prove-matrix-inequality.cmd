prove prove-matrix-inequality.json
