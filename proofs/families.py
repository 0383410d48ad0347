"""Families of matrices that are given at one index: how one layer of a network is exchanged.

Families come from the rule for chains, which fixes the value at 0 only. The two lemmas here fix it anywhere.
"""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Family,
    Implies,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    family,
    for_all,
    implication,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import Context, Known, anything, both
from symbolic_cp.prover.expression import Expr, null, number, of

k = nat("k")


def shaped(name: str, rows: str = "a", cols: str = "b") -> Variable:
    """name[k] : rows[k] x cols[k]."""
    return family(name, "k", matrix_sort(nat(rows, k), nat(cols, k)))


def same(first: Nat, second: Nat):
    """first = second, of natural numbers."""
    return equal(scalar(first), scalar(second))


@statement("through", "there is a family of matrices with a given member", kind="lemma", hidden=True)
def through(s: Script) -> None:
    """Induction on the index N, for all families of shapes: G[k+1] = G'[k], where G' is made for shapes from 1 on."""
    (N,) = s.dims("N")
    a, b = Variable("a", NAT, 1), Variable("b", NAT, 1)

    def claim(n: Nat):
        B, G = Variable("B", matrix_sort(nat("a", n), nat("b", n))), shaped("G")
        return for_all(a, b, B, exists(G, of(G, n) == of(B)))

    def filled(t: Context, start: Expr, following) -> Known:
        """G[0] = start, G[k+1] = following(k)."""
        state = Variable("G", matrix_sort(nat("a", k), nat("b", k)))
        after = Variable("G_next", matrix_sort(nat("a", k + 1), nat("b", k + 1)))
        trivial = null(1, 1) == 0
        relation = of(after) == following(k)

        def step(c, index, below, so_far):
            return (following(index),), both(c.have(trivial), c.have(following(index) == following(index)))

        found = t.recursion("k", N, [state], (start,), trivial, relation, t.have(trivial), step)
        (G,), known = t.obtain(found, "G")
        return G, known

    base = s.inner()
    base.let(a), base.let(b)
    B0 = base.matrix("B", nat("a", 0), nat("b", 0))
    G, known = filled(base, B0, lambda i: null(nat("a", i + 1), nat("b", i + 1)))
    goal = exists(shaped("G"), of(shaped("G"), 0) == B0)
    start = base.close(base.witness(goal, G, by=known[0]))

    def step(t, n, below, so_far):
        t.let(a), t.let(b)
        B = t.matrix("B", nat("a", n + 1), nat("b", n + 1))
        later = [Family(1, nat(name, nat("~0") + 1)) for name in "ab"]
        (H,), hit = t.obtain(so_far(*later, B), "H")
        G, grown = filled(t, null(nat("a", 0), nat("b", 0)), lambda i: of(H, i))
        here = t.have(of(G, n + 1) == B, grown[2](n, t.linear(at_least(N, n + 1), below)), hit)
        return t.witness(exists(shaped("G"), of(shaped("G"), n + 1) == B), G, by=here)

    # the induction is about the index n; N bounds it
    every = s.induction("n", N, claim, start, step)
    s.conclude(claim(N), by=every(N, s.linear(at_least(N, N))))


@statement("indicator", "there are numbers c[N] = 1 and c[k] = 0 for all other k <= l", kind="lemma", hidden=True)
def indicator(s: Script) -> None:
    l, N = s.dims("l N")
    state = Variable("c", SCALAR)

    def is_one(index: Nat, value: Expr):
        return conjunction(Implies(same(index, N), value == 1), Implies(negation(same(index, N)), value == 0))

    every = s.inner()
    (i,) = every.dims("i")
    goal = exists(state, is_one(i, of(state)))

    def found(value: Expr, decided: Known) -> Known:
        """`value` is right; the other case contradicts what was decided."""
        parts = []
        for case, claim in ((same(i, N), value == 1), (negation(same(i, N)), value == 0)):
            t = every.inner()
            given = t.given(case)
            if case == decided.formula:
                parts.append(t.close(t.have(claim)))
            else:
                falsum = decided(given) if isinstance(decided.formula, Implies) else given(decided)
                parts.append(t.close(anything(falsum, claim)))
        return every.witness(goal, value, by=both(*parts))

    each = every.close(every.decide(same(i, N), lambda yes: found(number(1), yes), lambda no: found(number(0), no)))
    (start,), at_0 = s.obtain(each(nat(0)), "c0")

    def step(t, index, below, so_far):
        (following,), known = t.obtain(each(index + 1), "c1")
        return (following,), known

    made = s.recursion("k", l, [state], (start,), is_one(k, of(state)), None, at_0, step)
    (c,), known = s.obtain(made, "c")
    free = Variable("c", SCALAR, 1)
    t = s.inner()
    (i,) = t.dims("k")
    below = t.given(at_least(l, i))
    claim = exists(free, for_all(Variable("k", NAT), Implies(at_least(l, k), is_one(k, of(free, k)))))
    s.conclude(claim, by=s.witness(claim, c, by=t.close(known[1](i, below))))


@statement("replace", "one member of a family of matrices is exchanged for another", kind="lemma", hidden=True)
def replace(s: Script) -> None:
    """B[k] = A[k] + c[k] (G[k] - A[k]), where G[N] = V and c is 1 at N and 0 elsewhere."""
    l, N = s.dims("l N")
    a, b = s.let(Variable("a", NAT, 1)), s.let(Variable("b", NAT, 1))
    A = s.let(shaped("A"))
    V = s.matrix("V", nat("a", N), nat("b", N))
    inside = s.given(at_least(l, N), "N <= l")
    (G,), hit = s.obtain(s.cite("through", N=N, a=a, b=b, B=V), "G")
    (c,), one = s.obtain(s.cite("indicator", l=l, N=N), "c")
    value = lambda i: of(A, i) + of(c, i) * (of(G, i) - of(A, i))
    B = Family(1, value(nat("~0")).term)
    here = s.have(value(N) == V, one(N, inside)[0](s.have(same(N, N))), hit)
    t = s.inner()
    (i,) = t.dims("k")
    below, other = t.given(at_least(l, i)), t.given(negation(same(i, N)))
    rest = t.close(t.have(value(i) == of(A, i), one(i, below)[1](other)))
    free = shaped("B")
    kept = for_all(Variable("k", NAT), implication(at_least(l, k), negation(same(k, N)), of(free, k) == of(A, k)))
    claim = exists(free, conjunction(of(free, N) == V, kept))
    s.conclude(claim, by=s.witness(claim, B, by=both(here, rest)))
