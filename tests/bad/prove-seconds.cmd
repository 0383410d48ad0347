prove prove-two.json --seconds 0
