verify one-layer.json
