prove problem-lambda.json
