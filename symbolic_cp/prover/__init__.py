"""The prover: untrusted search for proofs and counterexamples; the kernel checks whatever it finds.

Import from the modules. A question and its answer:

goal         what is asked: variables, hypotheses, a claim
problem      problem files, with grammar, tokens, scope: text to goals
decide       proved, refuted or undecided, each checked
certificate  theorems and counterexamples as JSON data; show: formulas as text

Proofs:

tactics      everything that is tried for a goal, with lemmas, realrules, witness
search       one use of the rule `combine`, with attempts, completion, rules, scalars, expansion, shorten (equations),
             inequalities, grams, simplex (inequalities), alphabet, central (their inner form of terms)
context      proof scripts in natural order, with expression, kronecker

Counterexamples:

refute       the smallest instance found, with instances, shrink
task         a goal at given dimensions, as conditions; plan: how matrices that meet them are chosen
draw         points of a plan, with zoo (matrices of every kind), numeric (terms at a point, linear equations)
ground       kernel proofs about given matrices

Witnesses:

constructions  what a proof of existence constructs at given values
"""
