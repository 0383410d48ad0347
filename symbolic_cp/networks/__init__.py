"""Losses, gradients and Hessians of linear networks, exactly. Import what you need from its modules.

data.py       data sets as users have them
linear.py     rational points: product, loss, gradients, Hessian form, the loss along a line
hessian.py    the Hessian as one rational matrix, and directions as vectors
fieldsum.py   matrices that are sums over several fields Q(lambda_i)
unreduced.py  their products, reduced once at the end
sums.py       points over Q(lambda), and over several such fields
fractions.py  matrices of rational functions in symbols
symbolic.py   points and data with symbols: what holds identically
"""
