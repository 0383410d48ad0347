prove prove-python.json
