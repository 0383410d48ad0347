prove problem-twice.json
