prove problem-attribute.json
