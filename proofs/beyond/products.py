"""Products of layers: |AB| <= |A| |B|, and the product of the layers between two of any network."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    Falsum,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    exists,
    family,
    for_all,
    implication,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, anything, both, from_fact, one
from symbolic_cp.prover.expression import Expr, ident, norm2, number, of, tr

from ..networks import forward, k, weights, width
from ..ranks import projects
from .chains import upward

# ------------------------------------------------------------------------------------------------- |AB| <= |A| |B|


@statement("norm-vector", "|Av|^2 <= |A|^2 |v|^2", kind="lemma", hidden=True)
def norm_vector(s: Script) -> None:
    """|v|^2 (|A|^2 |v|^2 - |Av|^2) = |A (|v|^2 I - v v')|^2."""
    _, b = s.dims("a b")
    A, v = s.matrices("A: a x b, v: b x 1")
    n = norm2(v)
    claim = norm2(A @ v) <= norm2(A) * n

    def no_vector(zero: Known) -> Known:
        nothing = s.zero(v, s.have(n <= 0, zero, sum=[Term(squares=(number(0),))]))
        value = s.have(norm2(A @ v) == 0, nothing)
        return s.have(claim, value, zero, sum=[Term(squares=(number(0),))])

    def some(positive: Known) -> Known:
        t = s.inner()
        (y,), inverse = t.obtain(s.cite("positive-inverse", a=n)(positive), "y")
        F = n * ident(b) - v @ v.T
        square = t.have(norm2(A @ F) == n * (norm2(A) * n - norm2(A @ v)), one(v.T @ v))
        gap = t.have(norm2(A) * n - norm2(A @ v) == y * norm2(A @ F), square, inverse[1])
        return t.close(t.have(claim, gap, sum=[Term(grams=(A @ F,), times=(inverse[0],))]))

    def negative(sign: Known) -> Known:
        return anything(s.have(Falsum(), sign, sum=[Term(times=(sign,)), Term(grams=(v,))]), claim)

    s.conclude(claim, by=s.by_sign(n, no_vector, some, negative))


@statement("norm-product", "|AB|^2 <= |A|^2 |B|^2", kind="lemma", hidden=True)
def norm_product(s: Script) -> None:
    """Induction on the number of columns of B; the last one is split off."""
    s.dims("a b")
    (n,) = s.dims("n")
    (A,) = s.matrices("A: a x b")

    def bound(B: Expr) -> Formula:
        return norm2(A @ B) <= norm2(A) * norm2(B)

    def claim(columns: Nat) -> Formula:
        B = Variable("B", matrix_sort("b", columns))
        return for_all(B, bound(of(B)))

    t = s.inner()
    B = t.matrix("B", "b", 0)
    empty = t.zero(ident(0), t.have(tr(ident(0)) <= 0, sum=[Term(squares=(number(0),))]))
    nothing = t.have(B == 0, t.have(B @ ident(0) == 0, empty))
    base = t.close(t.have(bound(B), nothing, sum=[Term(squares=(number(0),))]))

    def step(c: Context, columns: Nat, below: Known, so_far: Known) -> Known:
        t = c.inner()
        B = t.matrix("B", "b", columns + 1)
        total = t.have(number(columns + 1) == number(columns) + 1)
        (J, K), JK = t.obtain(from_fact("split").at(n=columns + 1, a=columns, b=nat(1))(total), "J K")
        left = so_far(B @ J)
        right = s.cite("norm-vector", A=A, v=B @ K)
        whole = t.have(norm2(A @ B) == norm2(A @ B @ J) + norm2(A @ B @ K), JK[3])
        parts = t.have(norm2(B) == norm2(B @ J) + norm2(B @ K), JK[3])
        product = t.have(norm2(A) * norm2(B) == norm2(A) * norm2(B @ J) + norm2(A) * norm2(B @ K), parts)
        return t.close(t.have(bound(B), whole, product, sum=[Term(times=(left,)), Term(times=(right,))]))

    every = s.induction("i", n, claim, base, step)
    s.conclude(claim(n), by=every(n, s.linear(at_least(n, n))))


@statement(
    "full-factors", "rank(AB) >= n, the inner dimension: A has a left and B a right inverse", kind="lemma", hidden=True
)
def full_factors(s: Script) -> None:
    s.dims("p q")
    (n,) = s.dims("n")
    A, B = s.matrices("A: p x n, B: n x q")
    w, of_w = s.pinv(A @ B, "w")
    rank = s.given(tr(A @ B @ w) >= number(n), "rank(AB) >= n")
    (a,), of_a = s.obtain(from_fact("pinv").at(A=A), "a")
    (b,), of_b = s.obtain(from_fact("pinv").at(A=B), "b")
    low = s.cite("rank-left", A=A, B=B, a=a, c=w)(of_a, of_w)
    high = s.cite("rank-right", A=A, B=B, b=b, c=w)(of_b, of_w)

    def whole(P: Expr, of_P: Known, bound: Known) -> Known:
        large = s.have(tr(P) >= number(n), sum=[Term(times=(bound,)), Term(times=(rank,))])
        return s.cite("full-projector", P=P)(projects(s, P, of_P), large)

    left, right = Variable("a", matrix_sort(n, "p")), Variable("b", matrix_sort("q", n))
    goal = exists(left, right, conjunction(of(left) @ A == ident(n), B @ of(right) == ident(n)))
    s.conclude(goal, by=s.witness(goal, a, b, by=both(whole(a @ A, of_a, low), whole(B @ b, of_b, high))))


# ----------------------------------------------------------------------------------------- products between two layers


def passed(A: Variable, V: Variable, low: Nat, high: Nat, up: bool) -> Formula:
    """V[k+1] = A[k] V[k] (or V[k] = V[k+1] A[k]) for the layers k = low, ..., high - 1."""
    body = of(V, k + 1) == of(A, k) @ of(V, k) if up else of(V, k) == of(V, k + 1) @ of(A, k)
    return for_all(Variable("k", NAT), implication(at_least(k, low), at_least(high, k + 1), body))


def carries(A: Variable, low: Nat, high: Nat, M: Expr) -> Formula:
    """M is the product of the layers low, ..., high - 1: it carries what they carry, up and down.

    V[high] = M V[low] for all V with V[k+1] = A[k] V[k], and Q[low] = Q[high] M for all Q with Q[k] = Q[k+1] A[k], of
    any number w of columns or rows.
    """
    w = Variable("w", NAT)
    V, Q = forward("V", "w"), rows_of("Q")
    up = Implies(passed(A, V, low, high, True), of(V, high) == M @ of(V, low))
    down = Implies(passed(A, Q, low, high, False), of(Q, low) == of(Q, high) @ M)
    return conjunction(for_all(w, V, up), for_all(w, Q, down))


def rows_of(name: str) -> Variable:
    """name[k] : w x d[k]."""
    return family(name, "k", matrix_sort("w", width(k)))


@statement("carry", "the layers low, ..., high - 1 have a product", kind="lemma", hidden=True)
def carry(s: Script) -> None:
    low, high = s.dims("low high")
    inside = s.given(at_least(high, low), "low <= high")
    s.let(Variable("d", NAT, 1))
    A = s.let(weights())
    M_ = lambda a: Variable("M", matrix_sort(width(a), width(low)))
    claim = lambda a: exists(M_(a), carries(A, low, a, of(M_(a))))

    def product(t: Context, a: Nat, use_V, use_Q) -> Known:
        """Both properties; `use_V` and `use_Q` prove them in contexts with the family and what is given of it."""
        u, v = t.inner(), t.inner()
        u.dims("w"), v.dims("w")
        V, Q = u.let(forward("V", "w")), v.let(rows_of("Q"))
        up, down = u.given(passed(A, V, low, a, True)), v.given(passed(A, Q, low, a, False))
        return both(u.close(use_V(u, V, up)), v.close(use_Q(v, Q, down)))

    eye = ident(width(low))
    alone = product(
        s,
        low,
        lambda u, V, given: u.have(of(V, low) == eye @ of(V, low)),
        lambda u, Q, given: u.have(of(Q, low) == of(Q, low) @ eye),
    )

    def step(t: Context, a: Nat, from_low: Known, below: Known, so_far: Known) -> Known:
        (M,), known = t.obtain(so_far, "M")
        new = of(A, a) @ M

        def before(u: Context, given: Known, part: int, V: Variable) -> tuple[Known, Known]:
            """What the last layer does, and what the layers before it do."""
            v = u.inner()
            (b,) = v.dims("k")
            lower, upper = v.given(at_least(b, low)), v.given(at_least(a, b + 1))
            shorter = v.close(given(b, lower, v.linear(at_least(a + 1, b + 1), upper)))
            return given(a, from_low, u.linear(at_least(a + 1, a + 1))), known[part](nat("w"), V, shorter)

        longer = product(
            t,
            a + 1,
            lambda u, V, given: u.have(of(V, a + 1) == new @ of(V, low), *before(u, given, 0, V)),
            lambda u, Q, given: u.have(of(Q, low) == of(Q, a + 1) @ new, *before(u, given, 1, Q)),
        )
        return t.witness(claim(a + 1), new, by=longer)

    base = s.witness(claim(low), eye, by=alone)
    s.conclude(claim(high), by=upward(s, low, high, inside, claim, base, step, "e j"))
