prove problem-name.json
