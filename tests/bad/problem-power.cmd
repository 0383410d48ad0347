prove problem-power.json
