prove problem-zero-denominator.json
