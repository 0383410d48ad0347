verify deep-object.json
