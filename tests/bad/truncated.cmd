verify truncated.json
