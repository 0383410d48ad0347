landscape float-instance.json --hidden 1
