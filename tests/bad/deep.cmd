verify deep.json
