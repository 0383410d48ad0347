"""The exact engine: rational matrices, algebraic numbers, spectra, inertia; import from its modules.

errors.py      what goes wrong: InputError, TooLarge, Undecided
limits.py      sizes, digits, bits and moduli, checked before FLINT sees them
numbers.py     rational numbers in and out
matrices.py    rational matrices in and out, and their elementary arithmetic
linear.py      rank, pseudoinverse, linear systems (inverses.py: one integer matrix)
congruence.py  congruence: LDL^T, signs, directions of negative curvature
polynomials.py real roots of rational polynomials
differences.py the difference of two algebraic numbers of different fields
algebraic.py   the field Q(lambda) of one real root, and matrices over it (fields.py, field_matrices.py)
stripped.py    products and zero tests without fractions
units.py       identity matrices, made once
once.py        properties that are computed once
spectrum.py    eigenvalues and eigenvectors of rational symmetric matrices (rational_spectrum.py, eigenvectors.py:
               rational ones, checked by one product)
series.py      matrices of polynomials in one small variable
"""
