landscape floats.npy --target 1 --hidden 1
