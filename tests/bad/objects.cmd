landscape objects.npy --target 1 --hidden 1
