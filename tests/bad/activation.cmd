verify activation.json
