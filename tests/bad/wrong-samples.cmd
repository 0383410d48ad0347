verify wrong-samples.json
