"""A ReLU unit that is at its boundary for samples Z and silent for S, and fires for none: letters, what is near."""

from __future__ import annotations

from fractions import Fraction

from symbolic_cp.book.script import Script
from symbolic_cp.kernel.facts import in_range
from symbolic_cp.kernel.formulas import (
    SCALAR,
    Falsum,
    Family,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    implication,
    matrix_sort,
)
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import Context, Known, Term, anything
from symbolic_cp.prover.expression import Expr, norm2, null, of, tr

from ..entries import is_sigma_row
from ..relu import coordinates, rectified
from .rows import by_cases, carried, each_place, equal_rows

v = nat("~0")
HALF = Fraction(1, 2)


class Silent:
    """Letters of a unit that fires for no sample, and what is said about it."""

    def __init__(self, s: Context) -> None:
        s.dims("d0 d2 z o")
        (self.f, self.of_f), (self.g, self.of_g) = (coordinates(s, n, letter) for n, letter in (("z", "f"), ("o", "g")))
        self.XZ, self.YZ, self.XS, self.YS = s.matrices("XZ: d0 x z, YZ: d2 x z, XS: d0 x o, YS: d2 x o")
        self.A1, self.A2 = s.matrices("A1: 1 x d0, A2: d2 x 1")
        self.edge = s.given(self.A1 @ self.XZ == 0, "the samples Z are at the boundary")
        silent = in_range("l", 1, self.g.size, tr(self.A1 @ self.XS @ self.g["l"]) < 0)
        self.silent = s.given(silent, "the unit is silent for the samples S")

    def minimum(self) -> Formula:
        """The point is a local minimum of L_N."""
        return self.extremum(lambda loss: loss >= self.here)

    def maximum(self) -> Formula:
        """The point is a local maximum of L_N."""
        return self.extremum(lambda loss: loss <= self.here)

    def extremum(self, compared) -> Formula:
        """What is said of the loss holds near the point."""
        B1_, B2_ = Variable("B1", matrix_sort(1, "d0")), Variable("B2", matrix_sort("d2", 1))
        outs = Variable("NZ", matrix_sort(1, "z")), Variable("NS", matrix_sort(1, "o"))
        B1, B2, (NZ, NS) = of(B1_), of(B2_), map(of, outs)
        delta = Variable("delta", SCALAR)
        near = norm2(B1 - self.A1) < of(delta), norm2(B2 - self.A2) < of(delta)
        body = implication(*near, *self.sigmas(B1, NZ, NS), compared(self.loss(B2, NZ, NS)))
        return exists(delta, conjunction(of(delta) > 0, for_all(B1_, B2_, *outs, body)))

    def sigmas(self, B1: Expr, NZ: Expr, NS: Expr) -> list[Formula]:
        """NZ and NS are the outputs at B1."""
        return [is_sigma_row(B1 @ self.XZ, NZ, self.f), is_sigma_row(B1 @ self.XS, NS, self.g)]

    def loss(self, B2: Expr, NZ: Expr, NS: Expr) -> Expr:
        """L_N at weights with these outputs."""
        return (norm2(B2 @ NZ - self.YZ) + norm2(B2 @ NS - self.YS)) / 2

    @property
    def here(self) -> Expr:
        """L_N at the point: 1/2 |Y|^2."""
        return (norm2(self.YZ) + norm2(self.YS)) / 2

    def slope(self, N: Expr) -> Expr:
        """The one-sided derivative where the outputs are N."""
        return -tr(self.YZ.T @ self.A2 @ N)

    def orders(self) -> Formula:
        """Slopes are >= 0, and 0 only where YZ N' = 0."""
        D_, N_ = Variable("D", matrix_sort(1, "d0")), Variable("N", matrix_sort(1, "z"))
        N = of(N_)
        only = conjunction(self.slope(N) >= 0, Implies(self.slope(N) == 0, N @ self.YZ.T == null(1, "d2")))
        return for_all(D_, N_, Implies(is_sigma_row(of(D_) @ self.XZ, N, self.f), only))

    def known(self) -> list[Known]:
        """What is supposed, in the order of the lemmas."""
        return [self.of_f, self.of_g, self.edge, self.silent]

    def near(self, s: Script) -> tuple[Expr, Known, Known]:
        """delta > 0 so that S is silent at A1 + D for |D|^2 < delta."""
        S = Family(1, (-self.XS @ of(self.g.columns, v)).term)
        t = s.inner()
        (l,) = t.dims("l")
        here = self.silent(l, t.given(at_least(l, 1)), t.given(at_least(self.g.size, l)))
        turned = t.close(t.have(tr(self.A1 @ (-self.XS @ self.g[l])) > 0, sum=[Term(times=(here,))]))
        (r,), kept = s.obtain(s.cite("signs-kept", m="o", n="d0", A=self.A1, y=S)(turned), "r")
        return r, kept[0], kept[1]

    def outputs_near(self, s: Script, t: Context, B1: Expr, outs, sigmas, silent: Known) -> tuple[Known, Known]:
        """NZ = sigma((B1 - A1) XZ) and NS = 0, of outputs at B1, where S is silent."""
        NZ, NS = outs

        def entry(x: Context, l, low: Known, high: Known) -> Known:
            down = x.have(tr(B1 @ self.XS @ self.g[l]) < 0, sum=[Term(times=(silent(l, low, high),))])
            return x.have(tr(NS @ self.g[l]) == tr(null(1, "o") @ self.g[l]), sigmas[1](l, low, high)[1](down))

        is_S = equal_rows(s, self.g, self.of_g, NS, null(1, "o"), each_place(t, self.g, entry))
        D = B1 - self.A1
        moved = t.have(B1 @ self.XZ == D @ self.XZ, self.edge)
        return carried(t, self.f, sigmas[0], B1 @ self.XZ, D @ self.XZ, NZ, moved), is_S

    def outputs_along(
        self, s: Script, t: Context, step: tuple[Expr, Known], D: Expr, N: Expr, sigma: Known, silent: Known
    ) -> tuple[Known, Known]:
        """The outputs at B1 = A1 + x D, x > 0: x N and 0, where S is silent."""
        x, up = step
        B1 = self.A1 + x * D

        def entry(c: Context, l, low: Known, high: Known) -> Known:
            value, nothing = tr(B1 @ self.XS @ self.g[l]), tr(null(1, "o") @ self.g[l])

            def prove(e: Context, given: Known, what: Formula) -> Known:
                if what == (nothing == 0):
                    return e.have(what)
                falsum = e.have(Falsum(), sum=[Term(times=(given,)), Term(times=(silent(l, low, high),))])
                return anything(falsum, what)

            return by_cases(c, rectified(value, nothing), prove)

        is_S = each_place(t, self.g, entry)
        families = dict(f=self.f.columns, Fs=self.f.partial)
        times = s.cite("sigma-times", m="z", **families, M=D @ self.XZ, N=N, t=x)(self.of_f, up, sigma)
        moved = t.have(x * D @ self.XZ == B1 @ self.XZ, self.edge)
        return carried(t, self.f, times, x * D @ self.XZ, B1 @ self.XZ, x * N, moved), is_S
