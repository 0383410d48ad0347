prove prove-given-about-witness.json
