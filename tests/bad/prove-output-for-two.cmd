prove prove-two.json -o missing.cert.json
