"""Rows of numbers and their sigma, entry by entry in coordinates."""

from __future__ import annotations

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import Falsum, Formula, at_least
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import Context, Known, Term, anything, both, one
from symbolic_cp.prover.expression import Expr, null, tr

from ..entries import is_sigma_row
from ..relu import Coordinates, by_half, coordinates, rectified
from .absolute import absolute, pinched
from .lines import is_absolute


def equal_rows(s: Script, f: Coordinates, complete: Known, M: Expr, N: Expr, same: Known) -> Known:
    """M = N, of rows with equal entries."""
    t = s.inner()
    (l,) = t.dims("l")
    here = same(l, t.given(at_least(l, 1)), t.given(at_least(f.size, l)))
    column = t.close(t.have(M @ f[l] == N @ f[l], here, one(M @ f[l]), one(N @ f[l])))
    whole = s.cite("complete-columns", A=M, B=N, c=f.columns, C=f.partial, r=f.size, w=nat(1), p=nat(1))
    return whole(*complete.parts(), column)


def each_place(s: Context, f: Coordinates, prove, names: str = "l") -> Known:
    """For every place l: prove(context, l, l >= 1, size >= l)."""
    u = s.inner()
    (l,) = u.dims(names)
    return u.close(prove(u, l, u.given(at_least(l, 1)), u.given(at_least(f.size, l))))


def by_cases(t: Context, goal: Formula, prove) -> Known:
    """A conjunction of implications: prove(context, hypothesis, claim) for each."""
    done = []
    for part in (goal.left, goal.right):
        u = t.inner()
        done.append(u.close(prove(u, u.given(part.left), part.right)))
    return both(*done)


@statement("sigma-times", "sigma(t M) = t sigma(M) for t > 0, of rows", kind="lemma", hidden=True)
def sigma_times(s: Script) -> None:
    s.dims("m")
    f, _ = coordinates(s, "m", "f")
    M, N = s.matrices("M: 1 x m, N: 1 x m")
    t = s.scalar("t")
    positive = s.given(t > 0, "t > 0")
    sigma = s.given(is_sigma_row(M, N, f), "N = sigma(M)")

    def entry(u: Context, l, low: Known, high: Known) -> Known:
        m, n, here = tr(M @ f[l]), tr(N @ f[l]), sigma(l, low, high)

        def prove(c: Context, given: Known, claim: Formula) -> Known:
            """The sign of t m is that of m, in every case."""
            wrong = lambda sign: anything(
                c.have(Falsum(), sum=[Term(times=(given,)), Term(times=(positive, sign))]), claim
            )
            if claim == (t * n == t * m):
                return by_half(c, m, lambda up: c.have(claim, here[0](up)), wrong)
            return by_half(c, m, wrong, lambda down: c.have(claim, here[1](down)))

        return by_cases(u, rectified(t * m, t * n), prove)

    done = each_place(s, f, entry)
    s.conclude(is_sigma_row(t * M, t * N, f), by=done)


@statement("sigma-odd", "sigma(-M) = sigma(M) - M, of rows", kind="lemma", hidden=True)
def sigma_odd(s: Script) -> None:
    s.dims("m")
    f, _ = coordinates(s, "m", "f")
    M, N = s.matrices("M: 1 x m, N: 1 x m")
    sigma = s.given(is_sigma_row(M, N, f), "N = sigma(M)")

    def entry(u: Context, l, low: Known, high: Known) -> Known:
        m, n, here = tr(M @ f[l]), tr(N @ f[l]), sigma(l, low, high)

        def first(c: Context, given: Known, claim: Formula) -> Known:
            """-m >= 0: then n = 0, also where m = 0."""
            return by_half(
                c,
                m,
                lambda up: c.have(claim, here[0](up), pinched(c, m, up, given)),
                lambda down: c.have(claim, here[1](down)),
            )

        def second(c: Context, given: Known, claim: Formula) -> Known:
            return c.have(claim, here[0](c.have(m >= 0, sum=[Term(times=(given,))])))

        goal = rectified(-m, n - m)
        a, b = u.inner(), u.inner()
        return both(
            a.close(first(a, a.given(goal.left.left), goal.left.right)),
            b.close(second(b, b.given(goal.right.left), goal.right.right)),
        )

    s.conclude(is_sigma_row(-M, N - M, f), by=each_place(s, f, entry))


@statement("sigma-absolute", "2 sigma(M) - M = |M|, of rows", kind="lemma", hidden=True)
def sigma_absolute(s: Script) -> None:
    s.dims("m")
    f, _ = coordinates(s, "m", "f")
    M, N = s.matrices("M: 1 x m, N: 1 x m")
    sigma = s.given(is_sigma_row(M, N, f), "N = sigma(M)")

    def entry(u: Context, l, low: Known, high: Known) -> Known:
        m, n, here = tr(M @ f[l]), tr(N @ f[l]), sigma(l, low, high)
        goal, parts = absolute(m, 2 * n - m), []
        for place, part in enumerate((goal.left, goal.right)):
            c = u.inner()
            parts.append(c.close(c.have(part.right, here[place](c.given(part.left)))))
        return both(*parts)

    s.conclude(is_absolute(M, 2 * N - M, f), by=each_place(s, f, entry))


def carried(s: Context, f: Coordinates, sigma: Known, M: Expr, other: Expr, N: Expr, same: Known) -> Known:
    """N = sigma(other), from N = sigma(M) and M = other."""

    def entry(u: Context, l, low: Known, high: Known) -> Known:
        here = sigma(l, low, high)
        goal, known = rectified(tr(other @ f[l]), tr(N @ f[l])), []
        for place, part in enumerate((goal.left, goal.right)):
            c = u.inner()
            given = c.given(part.left)
            before = c.have(here[place].formula.left, same, sum=[Term(times=(given,))])
            known.append(c.close(c.have(part.right, here[place](before), same)))
        return both(*known)

    return each_place(s, f, entry)


def still_sigma(t: Context, f: Coordinates, X: Expr) -> Known:
    """0 = sigma(0 X)."""
    assert X.term.shape is not None
    still, nothing = null(1, X.term.shape[0]), null(1, f.size)

    def entry(u: Context, l, low: Known, high: Known) -> Known:
        goal = rectified(tr(still @ X @ f[l]), tr(nothing @ f[l]))
        return by_cases(u, goal, lambda c, given, claim: c.have(claim))

    return each_place(t, f, entry)
