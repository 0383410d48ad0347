verify code.json
