prove prove-power.json
