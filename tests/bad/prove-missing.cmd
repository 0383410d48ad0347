prove missing-problem.json
