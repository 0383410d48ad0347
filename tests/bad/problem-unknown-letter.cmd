prove problem-unknown-letter.json
