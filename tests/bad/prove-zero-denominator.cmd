prove prove-zero-denominator.json
