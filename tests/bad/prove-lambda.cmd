prove prove-lambda.json
