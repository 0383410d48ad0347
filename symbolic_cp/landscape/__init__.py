"""Critical points of linear networks from the theorems: spectra, strata, constructed points, classes, witnesses.

data.py        Sigma = Y X^+ X Y^T and its exact spectrum
losses.py      1/2 tr(Y Y^T) - 1/2 sum of eigenvalues, compared exactly
strata.py      all patterns of a data set, their losses and classes, the global minimum
shallow.py     thm-1 as a constructor (lines.py: where positive eigenvalues are rational and simple)
deep.py        points of any depth with a wished pattern
recursion.py   points of any depth by thm-3, with any V_k, C_k, L_k
layers.py      patterns of thm-3 for every layer, and the paper's categories
classify.py    the class of a rational point (T4), with a witness
witnesses.py   witnesses as data
directions.py  directions of negative curvature (T1, T2)
family.py      the family along which the loss of a non-strict saddle goes down (T6)
bound.py       the lower bound that global minima meet (T10)
irrational.py  the class of a point over Q(lambda), or over several such fields
symbolic.py    points with symbols in C, L1 or the data: gradients that vanish identically
verify.py      all there is to say about a point
generate.py    data sets and critical points drawn from a seed
sample.py      critical points of every class, drawn from a seed
strategies.py  the same as Hypothesis strategies
evidence.py    thousands of points examined: the theorems against the Hessian; recorded, as a table
"""
