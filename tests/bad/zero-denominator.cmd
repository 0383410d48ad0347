verify zero-denominator.json
