verify coefficients.json
