prove prove-shapes-in-sum.json
