prove problem-unicode.json
