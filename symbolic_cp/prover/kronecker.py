"""vec and the Kronecker product, by their blocks.

A vector of length N with N = count * size is read through selectors: c[j] (N x size) picks block j, f[j] (count x 1) is
the j-th unit vector. All that is used of them is that they are complete, sum c[j] c[j]' = I_N and sum f[j] f[j]' = I;
so what is proved holds for the usual blocks, and for any orthonormal ones. With these

* x is vec(M) iff c[j]' x = M f[j] for every j: block j of x is column j of M;
* K is U (x) V iff c~[i]' K c[j] = (f~[i]' U f[j]) V for all i, j: block i, j of K is U_ij V.

Main names: Blocks, is_vec, is_kron.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbolic_cp.kernel.facts import in_range
from symbolic_cp.kernel.formulas import NAT, Formula, Implies, Variable, at_least, conjunction, for_all, matrix_sort
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known
from symbolic_cp.prover.expression import Expr, ident, of, tr


@dataclass(frozen=True, slots=True)
class Blocks:
    """`total` numbers as `count` blocks of `size`: selectors c and unit vectors f with their partial sums C and F."""

    total: Nat
    count: Nat
    size: Nat
    selectors: Variable
    partial: Variable
    units: Variable
    partial_units: Variable
    known: Known

    def c(self, index: Nat | str) -> Expr:
        """The selector of a block, total x size."""
        return of(self.selectors, index)

    def C(self, index: Nat | int | str) -> Expr:
        """c[1] c[1]' + ... + c[index] c[index]'."""
        return of(self.partial, index)

    def f(self, index: Nat | str) -> Expr:
        """The unit vector of a block, count x 1."""
        return of(self.units, index)

    def F(self, index: Nat | int | str) -> Expr:
        """f[1] f[1]' + ... + f[index] f[index]'."""
        return of(self.partial_units, index)

    def named(self, name: str) -> dict[str, Variable]:
        """Values for the families of a lemma that calls its blocks `name`."""
        families = self.selectors, self.partial, self.units, self.partial_units
        return {f"{name}_{letter}": one for letter, one in zip("cCfF", families, strict=True)}


def blocks(s: Context, total: str, count: Nat, size: Nat, name: str) -> Blocks:
    """Letters for a vector length `total` (introduced here) in `count` blocks of `size`, and what defines them.

    The families are called name_c, name_C, name_f and name_F.
    """
    whole = s.dims(total)[0]
    c = s.family(f"{name}_c", "k", matrix_sort(whole, size))
    C = s.family(f"{name}_C", "k", matrix_sort(whole, whole))
    f = s.family(f"{name}_f", "k", matrix_sort(count, 1))
    F = s.family(f"{name}_F", "k", matrix_sort(count, count))
    complete = conjunction(*_complete(c, C, count, whole), *_complete(f, F, count, count))
    return Blocks(whole, count, size, c, C, f, F, s.given(complete, f"blocks {name}"))


def _complete(one: Variable, partial: Variable, count: Nat, whole: Nat) -> list[Formula]:
    k = nat("k")
    grows = of(partial, k + 1) == of(partial, k) + of(one, k + 1) @ of(one, k + 1).T
    return [
        of(partial, 0) == 0,
        for_all(Variable("k", NAT), Implies(at_least(count, k + 1), grows)),
        of(partial, count) == ident(whole),
    ]


def is_vec(x: Expr, matrix: Expr, space: Blocks) -> Formula:
    """x = vec(matrix): for every j, c[j]' x = matrix f[j]. Shapes: x is total x 1, matrix is size x count."""
    j = nat("j")
    return in_range("j", 1, space.count, space.c(j).T @ x == matrix @ space.f(j))


def is_kron(product: Expr, left: Expr, right: Expr, rows: Blocks, cols: Blocks) -> Formula:
    """product = left (x) right: for all i, j, the block i, j of the product is left_ij times right.

    Shapes: left is rows.count x cols.count, right is rows.size x cols.size, product rows.total x cols.total.
    """
    i, j = nat("i"), nat("j")
    block = rows.c(i).T @ product @ cols.c(j) == tr(rows.f(i).T @ left @ cols.f(j)) * right
    return in_range("i", 1, rows.count, in_range("j", 1, cols.count, block))
