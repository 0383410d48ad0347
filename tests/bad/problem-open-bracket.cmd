prove problem-open-bracket.json
