verify python.json
