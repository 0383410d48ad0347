"""T4: the complete second-order classification of the critical points of deep linear networks."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import Falsum, Formula, Implies, Or, at_least, conjunction, negation
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import Known, Term, anything, both
from symbolic_cp.prover.expression import number

from .between import layers_between
from .chains import letters
from .smallest import smallest
from .t4_global import at_point, best
from .t4_strict import level, steep
from .t7 import saddle


def iff(first: Formula, second: Formula) -> Formula:
    """Both implications."""
    return conjunction(Implies(first, second), Implies(second, first))


@statement(
    "T4",
    "strict saddle iff the order is not optimal or a pair not tightened, else semidefinite; the global minima",
)
def t4(s: Script) -> None:
    """Strict saddle: a critical point with a direction of negative curvature. With r = rank R[l], a pair of layers
    j > k is tightened when rank M[j,k+1] = r or rank(R[k] Y'L[j+1]) = r. Nothing is supposed of the data. The depth is
    n + 2. What is no global minimum has points of lower and of higher loss at every distance (T7)."""
    net, critical, deep, Xp, of_X, W, E, Z, Wp, of_W, Zp, of_Z, *_ = at_point(s, "n", 2)
    M, is_M = layers_between(s, net)
    kappa = s.scalar("kappa")
    least = s.given(smallest(net, kappa, Xp, Zp), "kappa = min(d[1..l], rank X, rank(Y X+ X))")
    for name in ("T4.1", "T4.2", "T4.3", "T4.4", "T4.5"):
        s.include(name)
    named = dict(**letters(net), Y=net.Y)
    rough, flat = steep(net, M, Wp, E), level(net, M, Wp, E)

    two = s.cite("rough-or-flat", **named, M=M, Xp=Xp, Wp=Wp)(net.is_R, net.is_L, is_M, of_X, of_W)
    strict, semidefinite = net.strictly_down(), net.semidefinite()
    t = s.inner()
    rough_ = t.given(rough)
    down = t.close(
        s.cite("T4.2", **named, M=M, Xp=Xp, Wp=Wp)(net.is_R, net.is_L, critical, is_M, deep, of_X, of_W, rough_)
    )
    t = s.inner()
    flat_ = t.given(flat)
    one = t.linear(at_least(net.depth, 1), deep)
    psd = t.close(
        s.cite("T4.3", **named, M=M, Xp=Xp, Wp=Wp)(net.is_R, net.is_L, critical, is_M, one, of_X, of_W, flat_)
    )
    t = s.inner()
    falling = t.given(strict)

    def not_flat(known: Known) -> Known:
        c = t.inner()
        (D, F, G), at = c.obtain(falling, "D F G")
        up = psd(known)(D, F, G, at[0])
        return c.close(anything(c.have(Falsum(), sum=[Term(times=(up,)), Term(times=(at[1],))]), rough))

    only = t.close(t.either(two, lambda known: known, not_flat))

    t = s.inner()
    known = t.given(best(net, E, Wp, kappa))
    enough = t.close(
        s.cite("T4.4", **named, Xp=Xp, Wp=Wp, Zp=Zp, kappa=kappa)(
            net.is_R, net.is_L, critical, deep, of_X, of_W, of_Z, least, known
        )
    )
    t = s.inner()
    known = t.given(net.global_minimum())
    needed = t.close(
        s.cite("T4.5", **named, Xp=Xp, Wp=Wp, Zp=Zp, kappa=kappa)(
            net.is_R, net.is_L, critical, deep, of_X, of_W, of_Z, least, known
        )
    )
    # strict saddles are no global minima, and what is no global minimum is a saddle
    both_ways = s.cite("T7", **net.named(without="l"), h=nat("n") + 1)(net.is_R, net.is_L)
    t = s.inner()
    not_best = t.given(negation(net.global_minimum()))
    is_saddle = t.close(both_ways[1](critical, not_best))
    t = s.inner()
    falling = t.given(strict)
    lower = s.cite("strict-lower", **named)(net.is_R, net.is_L, critical, falling)
    c = t.inner()
    lowest = c.given(net.global_minimum())
    u = c.inner()
    (B, S), at = u.obtain(lower(number(1), u.have(number(1) > 0, sum=[Term()])), "B S")
    no_less = lowest(B, S, at[0])
    never = t.close(c.close(u.close(u.have(Falsum(), sum=[Term(times=(no_less,)), Term(times=(at[2],))]))))

    global_ = net.global_minimum()
    s.conclude(
        conjunction(
            iff(strict, rough),
            Or(rough, flat),
            Implies(flat, semidefinite),
            iff(global_, best(net, E, Wp, kappa)),
            Implies(negation(global_), saddle(net)),
            Implies(strict, negation(global_)),
        ),
        by=both(both(only, down), two, psd, both(needed, enough), is_saddle, never),
    )
