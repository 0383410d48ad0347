prove problem-symmetric-shape.json
