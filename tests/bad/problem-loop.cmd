prove problem-loop.json
