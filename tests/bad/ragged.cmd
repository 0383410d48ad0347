verify ragged.json
