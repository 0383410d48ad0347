"""The trusted kernel: one logic for matrices of any size, read from top to bottom.

1. `terms`: natural numbers, scalars and matrices in normal form
2. `formulas`: variables, formulas, binding and substitution
3. `logic`: theorems and natural deduction
4. `theory`: `combine` (the one algebraic rule) and what real and natural numbers have beyond a ring; `chain`
5. `facts`: the ledger of what is assumed about real matrices
6. `evaluation`: formulas about given numbers, decided by computing
7. `replay`: the only ground for believing a theorem: every conclusion computed anew

Everything else in the package is untrusted: it may fail to find a proof, but not make one.
"""
