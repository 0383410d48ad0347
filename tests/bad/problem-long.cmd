prove problem-long.json
