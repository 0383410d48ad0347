"""T4: the complete second-order classification of the critical points of deep linear networks."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import Falsum, Formula, Implies, Or, at_least, conjunction
from symbolic_cp.prover.context import Known, Term, anything, both

from .between import layers_between
from .chains import letters
from .t4_global import at_point, best, smallest
from .t4_strict import level, steep


def iff(first: Formula, second: Formula) -> Formula:
    """Both implications."""
    return conjunction(Implies(first, second), Implies(second, first))


@statement(
    "T4",
    "strict saddle iff the order is not optimal or a pair not tightened, else semidefinite; the global minima",
)
def t4(s: Script) -> None:
    """Strict saddle: a critical point with a direction of negative curvature. With r = rank R[l], a pair of layers
    j > k is tightened when rank M[j,k+1] = r or rank(R[k] Y'L[j+1]) = r. Nothing is supposed of the data."""
    net, critical, deep, Xp, of_X, W, E, Z, Wp, of_W, Zp, of_Z, *_ = at_point(s)
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
    s.conclude(
        conjunction(
            iff(strict, rough),
            Or(rough, flat),
            Implies(flat, semidefinite),
            iff(net.global_minimum(), best(net, E, Wp, kappa)),
        ),
        by=both(both(only, down), two, psd, both(needed, enough)),
    )
