verify nan.json
