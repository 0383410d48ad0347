prove problem-relation.json
