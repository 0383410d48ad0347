relu relu-cells.json
