"""The second route: every entry of data and weights an indeterminate, the loss expanded and differentiated by FLINT.

What `LinearNetwork`, `hessian` and `SymbolicNetwork` compute by matrix formulas must be, entry by entry, what
fmpq_mpoly differentiates from the fully expanded loss.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
import sympy
from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly_ctx

from symbolic_cp.exact.matrices import from_sympy
from symbolic_cp.networks.hessian import flatten, hessian
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.networks.symbolic import SymbolicNetwork

# (d0, ..., dl), m: depths 2 to 5, widths that grow, shrink and have bottlenecks, more and fewer samples than inputs.
SHAPES = [
    ((1, 1, 1), 1),
    ((2, 1, 2), 2),
    ((2, 3, 2), 1),
    ((3, 2, 1), 2),
    ((1, 2, 3), 3),
    ((2, 2, 1, 2), 2),
    ((1, 2, 2, 1), 2),
    ((2, 1, 2, 1, 1), 1),
    ((1, 2, 1, 2, 1), 2),
    ((1, 1, 1, 1, 1, 1), 1),
]


@dataclass
class Generic:
    """All entries are indeterminates; matrices are lists of rows."""

    widths: tuple[int, ...]
    samples: int

    def __post_init__(self):
        self.shapes = [
            (self.widths[0], self.samples),
            (self.widths[-1], self.samples),
            *zip(self.widths[1:], self.widths[:-1], strict=True),
        ]
        names = [f"v{n}_{i}_{j}" for n, (r, c) in enumerate(self.shapes) for i in range(r) for j in range(c)]
        self.context = fmpq_mpoly_ctx.get(names, Ordering.lex)
        generators = iter(self.context.gens())
        self.matrices = [[[next(generators) for _ in range(c)] for _ in range(r)] for r, c in self.shapes]
        self.loss = self._loss()

    def _loss(self):
        X, Y, *weights = self.matrices
        output = X
        for A in weights:
            output = [
                [sum((a * output[k][j] for k, a in enumerate(row)), start=0) for j in range(self.samples)] for row in A
            ]
        pairs = [(output[i][j], Y[i][j]) for i in range(len(Y)) for j in range(self.samples)]
        return sum(((p - y) ** 2 for p, y in pairs), start=self.context.constant(0)) / 2

    def gradient(self, layer):
        return [[self.loss.derivative(str(v)) for v in row] for row in self.matrices[layer + 1]]

    def weight_names(self):
        """In the Hessian's order: layer by layer, column by column."""
        return [str(row[j]) for A in self.matrices[2:] for j in range(len(A[0])) for row in A]

    def at(self, polynomial, values):
        return polynomial(*values)

    def values(self, matrices):
        return [q for M in matrices for q in M.entries()]


def random_matrices(generic, seed):
    rng = random.Random(seed)
    entry = lambda: fmpq(rng.randint(-5, 5), rng.randint(1, 3))  # noqa: E731  # one line says it
    return [fmpq_mat(r, c, [entry() for _ in range(r * c)]) for r, c in generic.shapes]


@pytest.mark.parametrize(("widths", "samples"), SHAPES)
def test_loss_gradients_and_hessian_are_the_derivatives_of_the_expanded_loss(widths, samples):
    generic = Generic(widths, samples)
    names = generic.weight_names()
    second = {(a, b): generic.loss.derivative(a).derivative(b) for a in names for b in names}
    for seed in range(3):
        X, Y, *weights = matrices = random_matrices(generic, seed)
        values = generic.values(matrices)
        network = LinearNetwork(X, Y, weights)
        assert network.loss == generic.loss(*values)
        for k, G in enumerate(network.gradients, start=1):
            assert G.tolist() == [[p(*values) for p in row] for row in generic.gradient(k)]
        H = hessian(network)
        assert H.tolist() == [[second[a, b](*values) for b in names] for a in names]
        D = random_matrices(generic, seed + 100)[2:]
        d = flatten(D)
        assert network.hessian_form(D) == (d.transpose() * H * d)[0, 0]


@pytest.mark.parametrize(("widths", "samples"), SHAPES)
def test_symbolic_gradients_are_the_derivatives_identically(widths, samples):
    generic = Generic(widths, samples)
    symbols = [[[sympy.Symbol(str(v)) for v in row] for row in M] for M in generic.matrices]
    X, Y, *weights = map(sympy.Matrix, symbols)
    network = SymbolicNetwork(X, Y, weights)

    def same(fraction, polynomial):
        # The ring sorts its symbols by name; rename by evaluating at the generic generators.
        p, q = fraction
        order = [generic.context.gen(generic.context.variable_to_index(str(atom))) for atom in network.ring.atoms]
        return q.is_constant() and p.compose(*order, ctx=generic.context) == polynomial * q.leading_coefficient()

    residual = network.chain(network.depth, 1) @ network.X - network.Y
    p, q = (residual @ residual.T).trace()
    assert same((p / 2, q), generic.loss)
    for k, G in enumerate(network.gradients, start=1):
        flat = [p for row in generic.gradient(k) for p in row]
        assert all(same((p, G.denominator), want) for p, want in zip(G.numerators, flat, strict=True))
        assert not G.is_zero()


@pytest.mark.parametrize(("widths", "samples"), SHAPES[:6])
def test_symbolic_and_rational_networks_agree_at_points(widths, samples):
    generic = Generic(widths, samples)
    X, Y, *weights = random_matrices(generic, 7)
    t = sympy.Symbol("t")
    as_sympy = [sympy.Matrix(A.nrows(), A.ncols(), lambda i, j, A=A: sympy.Rational(str(A[i, j]))) for A in weights]
    moved = [t * as_sympy[0], *as_sympy[1:]]
    symbolic = SymbolicNetwork(X, Y, moved)
    D = random_matrices(generic, 8)[2:]
    for value in (fmpq(0), fmpq(1), fmpq(-2, 3)):
        network = LinearNetwork(X, Y, [weights[0] * value, *weights[1:]])
        at = {t: sympy.Rational(str(value))}
        assert sympy.Rational(str(network.loss)) == symbolic.loss.subs(at)
        assert sympy.Rational(str(network.hessian_form(D))) == sympy.sympify(symbolic.hessian_form(D)).subs(at)
        for G, symbolic_G in zip(network.gradients, symbolic.gradients, strict=True):
            assert from_sympy(symbolic_G.to_sympy().subs(at)) == G
