prove prove-no-problems.json
