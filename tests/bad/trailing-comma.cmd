verify trailing-comma.json
