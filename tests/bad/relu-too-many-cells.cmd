relu relu-cells.json --hidden 1 --limit 5
