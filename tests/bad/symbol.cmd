verify symbol.json
