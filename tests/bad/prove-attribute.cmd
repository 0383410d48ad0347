prove prove-attribute.json
