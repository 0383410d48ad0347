"""Lemmas about the distinct positive eigenvalues of a symmetric matrix and their projectors, any number of them.

`spectrum_of` is the paper's notation: s[1] > ... > s[r] > 0, E[i] the projector onto the eigenspace of s[i],
Q[k] = E[1] + ... + E[k], and S vanishes on the rest, S Q[r] = S. The multiplicity m_i is tr E[i].
"""

from dataclasses import dataclass

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import in_range
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Implies,
    Variable,
    at_least,
    conjunction,
    equal,
    for_all,
    greater,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import Context, Known, Term, both, exchange, reciprocal, successor
from symbolic_cp.prover.expression import Expr, of, tr


@dataclass(frozen=True)
class Spectrum:
    """Letters for a spectrum and what is known of them."""

    matrix: Expr
    size: Nat
    r: Nat
    values: Variable
    projectors: Variable
    partial: Variable
    known: Known

    def s(self, i):
        return of(self.values, i)

    def E(self, i):
        return of(self.projectors, i)

    def Q(self, i):
        return of(self.partial, i)

    def named(self):
        return {"S": self.matrix, "r": self.r, "s": self.values, "E": self.projectors, "Q": self.partial}

    @property
    def each(self):
        return self.known[0]

    @property
    def ordered(self):
        return self.known[1]

    @property
    def starts(self):
        return self.known[2]

    @property
    def grows(self):
        return self.known[3]

    @property
    def whole(self):
        return self.known[4]

    def at(self, t: Context, i, low: Known, high: Known) -> list[Known]:
        """E[i]' = E[i], E[i] E[i] = E[i], S E[i] = s[i] E[i], tr E[i] > 0, s[i] > 0."""
        return self.each(i, low, high).parts()


def spectrum_formula(S: Expr, r: Nat, s: Variable, E: Variable, Q: Variable):
    i, j = nat("i"), nat("j")
    one = of(E, i)
    rows, _ = S.term.shape
    return conjunction(
        in_range(
            "i", 1, r, conjunction(one.T == one, one @ one == one, S @ one == of(s, i) * one, tr(one) > 0, of(s, i) > 0)
        ),
        in_range("i", 1, r, in_range("j", i + 1, r, of(s, i) > of(s, j))),
        of(Q, 0) == 0,
        for_all(Variable("i", NAT), Implies(at_least(r, i + 1), of(Q, i + 1) == of(Q, i) + of(E, i + 1))),
        S @ of(Q, r) == S,
    )


def spectrum_of(
    s: Context, S: Expr, count: str = "r", values: str = "s", projectors: str = "E", partial: str = "Q"
) -> Spectrum:
    """Introduce a spectrum of a symmetric matrix."""
    rows, _ = S.term.shape
    (r,) = s.dims(count)
    v = s.family(values, "k", SCALAR)
    E = s.family(projectors, "k", matrix_sort(rows, rows))
    Q = s.family(partial, "k", matrix_sort(rows, rows))
    known = s.given(spectrum_formula(S, r, v, E, Q), f"spectrum of {S!r}" if len(repr(S)) < 12 else "spectrum")
    return Spectrum(S, rows, r, v, E, Q, known)


def symmetric_with_spectrum(s: Script):
    s.dims("n")
    (S,) = s.matrices("S: n x n")
    sp = spectrum_of(s, S)
    sym = s.given(S.T == S, "S is symmetric")
    return S, sp, sym


def next_range(t: Context, sp: Spectrum, k: Nat, below: Known) -> tuple[Known, Known]:
    """1 <= k + 1 and k + 1 <= r."""
    return t.linear(at_least(k + 1, 1)), t.linear(at_least(sp.r, k + 1), below)


def distinct(t: Context, S: Expr, sym: Known, gap: Known, first: Known, second: Known, E: Expr, N: Expr) -> Known:
    """E N = 0 for an eigenprojector E and N with S N = s N, from a strict inequality between the two eigenvalues.

    `first`: S E = a E (with E' = E among the premises), `second`: S N = b N, `gap`: a > b or b > a.
    """
    d = t.inner()
    (y,), inv = d.obtain(reciprocal(gap), "y")
    difference = Expr(gap.formula.term)
    zero = d.have(difference * (E @ N) == 0, first, second, sym)
    return d.close(d.have(E @ N == 0, d.have((y * difference) * (E @ N) == 0, zero), inv))


@statement("spectrum-symmetric", "S is symmetric if it has a spectrum", kind="lemma", hidden=True)
def spectrum_symmetric(s: Script) -> None:
    """So "S' = S" beside a spectrum says nothing new."""
    s.dims("n")
    (S,) = s.matrices("S: n x n")
    sp = spectrum_of(s, S)

    def claim(k):
        return (S @ sp.Q(k)).T == S @ sp.Q(k)

    def step(t, k, below, so_far):
        low, high = next_range(t, sp, k, below)
        symmetric, _, eigen, *_ = sp.at(t, k + 1, low, high)
        return t.have(claim(k + 1), so_far, symmetric, eigen, sp.grows(k, high))

    all_k = s.induction("k", sp.r, claim, s.have(claim(nat(0)), sp.starts), step)
    whole = all_k(sp.r, s.linear(at_least(sp.r, sp.r)))
    s.conclude(S.T == S, by=[whole, sp.whole])


@statement("spectral-orthogonal-all", "Q[k] E[j+1] = 0 for k <= j", kind="lemma", hidden=True)
def orthogonal_all(s: Script) -> None:
    S, sp, sym = symmetric_with_spectrum(s)
    (j,) = s.dims("j")
    j_r = s.given(at_least(sp.r, j + 1))
    last = both(*sp.at(s, j + 1, s.linear(at_least(j + 1, 1)), j_r))

    def claim(k):
        return sp.Q(k) @ sp.E(j + 1) == 0

    def step(t, k, below, so_far):
        low, high = t.linear(at_least(k + 1, 1)), t.linear(at_least(sp.r, k + 1), below, j_r)
        one = both(*sp.at(t, k + 1, low, high))
        gap = sp.ordered(k + 1, low, high, j + 1, t.linear(at_least(j + 1, k + 2), below), j_r)
        zero = distinct(t, S, sym, gap, one, last, sp.E(k + 1), sp.E(j + 1))
        return t.have(claim(k + 1), so_far, zero, sp.grows(k, high))

    all_k = s.induction("k", j, claim, s.have(claim(nat(0)), sp.starts), step)
    s.conclude(all_k.formula, by=all_k)


@statement("spectral-orthogonal", "Q[j] E[j+1] = 0", kind="lemma", hidden=True)
def orthogonal(s: Script) -> None:
    S, sp, sym = symmetric_with_spectrum(s)
    (j,) = s.dims("j")
    j_r = s.given(at_least(sp.r, j + 1))
    every = s.cite("spectral-orthogonal-all", **sp.named(), j=j)(sp.known, sym, j_r)
    s.conclude(sp.Q(j) @ sp.E(j + 1) == 0, by=every(j, s.linear(at_least(j, j))))


@statement("spectral-partial-sums", "Q[k] is an orthogonal projector", kind="lemma", hidden=True)
def partial_sums(s: Script) -> None:
    S, sp, sym = symmetric_with_spectrum(s)

    def claim(k):
        return conjunction(sp.Q(k).T == sp.Q(k), sp.Q(k) @ sp.Q(k) == sp.Q(k))

    def step(t, k, below, so_far):
        low, high = next_range(t, sp, k, below)
        one = both(*sp.at(t, k + 1, low, high)[:3])
        apart = s.cite("spectral-orthogonal", **sp.named(), j=k)(sp.known, sym, high)
        return t.have(claim(k + 1), so_far, one, apart, sp.grows(k, high))

    (k,) = s.inner().dims("k")
    all_k = s.induction("k", sp.r, claim, s.have(claim(nat(0)), sp.starts), step)
    s.conclude(all_k.formula, by=all_k)


@statement(
    "eigenspace-full", "S N = s[i] N implies E[i] N = N: E[i] is the whole eigenspace", kind="lemma", hidden=True
)
def eigenspace_full(s: Script) -> None:
    s.dims("q")
    S, sp, sym = symmetric_with_spectrum(s)
    (N,) = s.matrices("N: n x q")
    (i,) = s.dims("i")
    low, high = s.given(at_least(i, 1)), s.given(at_least(sp.r, i))
    eigen = s.given(S @ N == sp.s(i) * N, "S N = s[i] N")

    def claim(k, i):
        return sp.Q(k) @ N == sp.E(i) @ sp.Q(k) @ N

    def step(t, k, below, so_far):
        k_low, k_high = next_range(t, sp, k, below)
        one, grows = both(*sp.at(t, k + 1, k_low, k_high)[:3]), sp.grows(k, k_high)
        # i = k + 1: by exchanging equal indices
        same = t.inner()
        h = same.given(claim(k, k + 1))
        equal_case = exchange(
            "i", k + 1, Implies(claim(k, i), claim(k + 1, i)), same.close(same.have(claim(k + 1, k + 1), h, one, grows))
        )

        def apart(gap_of):
            def case(sign):
                gap = gap_of(sign)
                zero = distinct(t, S, sym, gap, one, eigen, sp.E(k + 1), N)
                return t.have(claim(k + 1, i), so_far, zero, grows)

            return case

        def larger(sign):  # i > k + 1
            more = successor(t.have(greater(i, k + 1), sign), i, k + 1)
            return sp.ordered(k + 1, k_low, k_high, i, t.linear(at_least(i, k + 2), more), high)

        def smaller(sign):  # k + 1 > i
            more = successor(t.have(greater(k + 1, i), sign), k + 1, i)
            return sp.ordered(i, low, high, k + 1, t.linear(at_least(k + 1, i + 1), more), k_high)

        return t.by_sign(
            scalar(i) - scalar(k + 1),
            lambda sign: equal_case(t.have(equal(scalar(i), scalar(k + 1)), sign), so_far),
            apart(larger),
            apart(smaller),
        )

    all_k = s.induction("k", sp.r, lambda k: claim(k, i), s.have(claim(nat(0), i), sp.starts), step)
    end = all_k(sp.r, s.linear(at_least(sp.r, sp.r)))
    # outside the positive eigenspaces S vanishes, and s[i] > 0
    positive = sp.at(s, i, low, high)[4]
    d = s.inner()
    (y,), inv = d.obtain(reciprocal(positive), "y")
    rest = d.have(
        sp.s(i) * N == sp.s(i) * (sp.Q(sp.r) @ N),
        eigen,
        sp.whole,
        sym,
        s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)(sp.r, s.linear(at_least(sp.r, sp.r))),
    )
    inside = d.close(
        d.have(N == sp.Q(sp.r) @ N, d.have((y * sp.s(i)) * N == (y * sp.s(i)) * (sp.Q(sp.r) @ N), rest), inv)
    )
    s.conclude(sp.E(i) @ N == N, by=[end, inside])


@statement("spectral-commute", "A projector that commutes with S commutes with every E[i]", kind="lemma", hidden=True)
def commute(s: Script) -> None:
    S, sp, sym = symmetric_with_spectrum(s)
    (P,) = s.matrices("P: n x n")
    proj = s.given(conjunction(P.T == P, P @ P == P), "P is an orthogonal projector")
    com = s.given(P @ S == S @ P, "P S = S P")
    inside = s.inner()
    (i,) = inside.dims("i")
    low, high = inside.given(at_least(i, 1)), inside.given(at_least(sp.r, i))
    one = both(*sp.at(inside, i, low, high)[:3])
    eigen = inside.have(S @ (P @ sp.E(i)) == sp.s(i) * (P @ sp.E(i)), com, one)
    full = s.cite("eigenspace-full", **sp.named(), N=P @ sp.E(i), i=i)(sp.known, sym, low, high, eigen)
    swap = inside.have(P @ sp.E(i) == sp.E(i) @ P, full, one, proj)
    s.conclude(in_range("i", 1, sp.r, swap.formula), by=inside.close(swap))


@statement("projector-order", "tr(PE) lies between 0 and tr E for orthogonal projectors", kind="lemma", hidden=True)
def projector_order(s: Script) -> None:
    s.dims("n")
    P, E = s.matrices("P: n x n, E: n x n")
    p = s.given(conjunction(P.T == P, P @ P == P), "P is an orthogonal projector")
    e = s.given(conjunction(E.T == E, E @ E == E), "E is an orthogonal projector")
    below = s.have(tr(P @ E) >= 0, p, e, sum=[Term(grams=(P @ E,))])
    above = s.have(tr(P @ E) <= tr(E), p, e, sum=[Term(grams=(E - P @ E,))])
    s.conclude(conjunction(below.formula, above.formula), by=[below, above])
