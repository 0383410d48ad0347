verify null.json
