prove problem-code.json
