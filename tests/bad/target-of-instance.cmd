landscape instance.json --target k --hidden 1
