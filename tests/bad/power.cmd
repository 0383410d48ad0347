verify power.json
