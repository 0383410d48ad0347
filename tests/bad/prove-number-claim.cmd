prove prove-number-claim.json
