prove problem-no-claims.json
