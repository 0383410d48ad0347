verify two-roots.json
