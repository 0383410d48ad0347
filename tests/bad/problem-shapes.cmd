prove problem-shapes.json
