verify float.json
