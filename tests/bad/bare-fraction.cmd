verify bare-fraction.json
