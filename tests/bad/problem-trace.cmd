prove problem-trace.json
