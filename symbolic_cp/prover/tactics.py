"""Proving goals: everything that is tried for a closed statement, in order.

A claim is taken apart by its connectives, and what remains are equations and inequalities. For these `derive` is
tried first. If the ring does not suffice, more is made known: AB = I gives BA = I for square matrices, tr(M'M) = 0
gives M = 0, a positive or nonzero number has an inverse, a positive semidefinite matrix is used at the matrices in
sight, and traces obey the Cauchy-Schwarz inequality. Then cases are distinguished. Existential claims need a witness,
which `witness` finds.

Main function: prove_goal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from symbolic_cp.kernel.facts import fact
from symbolic_cp.kernel.formulas import (
    And,
    Equal,
    Exists,
    Falsum,
    ForAll,
    Formula,
    Implies,
    NonNegative,
    Or,
    Positive,
    Value,
    Variable,
    at_least,
    free_names,
    generic,
    instantiate,
    negation,
    substitute_poly,
)
from symbolic_cp.kernel.logic import (
    Theorem,
    and_intro,
    assume,
    cases,
    excluded_middle,
    exists_elim,
    exists_intro,
    falsum_elim,
    for_all_intro,
    implies_elim,
    implies_intro,
    or_left,
    or_right,
)
from symbolic_cp.kernel.terms import Letter, Poly, identity, letter, matrix, nat, scalar
from symbolic_cp.kernel.theory import Product, trichotomy
from symbolic_cp.prover import lemmas, psdrules, psdvalues, ranks, realrules
from symbolic_cp.prover.forms import defined_by, flattened, letters_in, names_in_hypotheses
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.inequalities import about_naturals
from symbolic_cp.prover.realrules import Situation
from symbolic_cp.prover.rules import Budget, OutOfWork
from symbolic_cp.prover.search import DEFAULT, Effort, NotProved, derive, split
from symbolic_cp.prover.show import opened, show
from symbolic_cp.prover.size import size
from symbolic_cp.prover.splits import numbers_to_split
from symbolic_cp.prover.witness import Witnesses

MOST_WITNESSES = 6
MOST_SPLITS = 2  # distinctions of cases within one another
LONG = 100  # a certificate with more terms is worth looking for another
SHARES = (4_000, 16_000, 80_000)  # the work that each attempt may do, in rounds
GLANCE = 800  # the same in a first round, where something quantified is known and will be needed


def naturals(now: Situation) -> list[Theorem]:
    """Natural numbers are at least 0, and n > m is n >= m + 1."""
    return [] if isinstance(now.claim, Equal) else about_naturals(now.known, now.claim)


RULES: tuple[Callable[[Situation], list[Theorem]], ...] = (
    naturals,
    realrules.square_inverses,
    psdrules.ranges_of_sums,
    psdvalues.psd_values,
    realrules.scalar_inverses,
    realrules.cauchy_schwarz_values,
    ranks.new_pinvs,
    ranks.rank_inequalities,
    psdrules.psd_products,
    psdrules.psd_nulls,
    realrules.vanishing_matrices,
)


def prove_goal(goal: Goal, effort: Effort = DEFAULT) -> Theorem:
    """The closed theorem `goal.formula()`. Raises NotProved, whose message shows what was left over.

    >>> from symbolic_cp.kernel.formulas import NAT, at, equal, matrix_sort
    >>> from symbolic_cp.prover.goal import Hypothesis
    >>> A, B = (Variable(name, matrix_sort("n", "n")) for name in "AB")
    >>> given = Hypothesis("B is a right inverse", equal(at(A) @ at(B), identity("n")))
    >>> theorem = prove_goal(Goal("inverse", (Variable("n", NAT), A, B), (given,), equal(at(B) @ at(A), identity("n"))))
    >>> theorem.is_closed, sorted(theorem.facts)
    (True, ['pinv'])
    """
    known = split(*(assume(hypothesis.formula) for hypothesis in goal.hypotheses))
    matrices = [variable.sort for variable in goal.variables if variable.sort.kind == "matrix"]
    if any(nat(0) in (sort.rows, sort.cols) for sort in matrices):  # then I_0 = 0 is of use
        known.append(lemmas.vanishing(identity(0)))
    names = frozenset(variable.name for variable in goal.variables).union(
        free_names(goal.claim), *(free_names(hypothesis.formula) for hypothesis in goal.hypotheses)
    )
    proof = _Proof(effort, names)
    theorem = proof.prove(goal.claim, known)
    introduced = (*goal.variables, *(hypothesis.formula for hypothesis in goal.hypotheses))
    return lemmas.closed(theorem, *introduced)


class _Proof:
    """The search for one proof: the effort, and the names that are taken."""

    def __init__(self, effort: Effort, names: frozenset[str]) -> None:
        self.effort, self.names = effort, names
        self.depth = 0  # how many cases are being distinguished, one within the other

    def fresh(self, base: str) -> str:
        """A name that is not taken, and is from now on."""
        names = (base, *(f"{base}{count}" for count in range(1, len(self.names) + 2)))
        name = next(one for one in names if one not in self.names)
        self.names |= {name}
        return name

    def prove(self, claim: Formula, known: Sequence[Theorem]) -> Theorem:
        """The claim from what is known. Raises NotProved."""
        for one in known:
            if one.conclusion == claim:
                return one
        if isinstance(claim, And):
            return and_intro(self.prove(claim.left, known), self.prove(claim.right, known))
        if isinstance(claim, Implies):
            more = split(assume(claim.left))
            return implies_intro(self.prove(claim.right, [*known, *more]), claim.left)
        if isinstance(claim, ForAll):
            variable, body = opened(claim, self.names)
            self.names |= {variable.name}
            return for_all_intro(self.prove(body, known), variable)
        if isinstance(claim, Exists):
            return self._existence(claim, known)
        if isinstance(claim, Or):
            return self._either(claim, known)
        return self._atom(claim, known)

    def _either(self, claim: Or, known: Sequence[Theorem]) -> Theorem:
        try:
            return or_left(self.prove(claim.left, known), claim.right)
        except NotProved:
            return or_right(self.prove(claim.right, known), claim.left)

    # ----------------------------------------------------------------------------------- equations, inequalities

    def _atom(self, claim: Formula, known: Sequence[Theorem]) -> Theorem:
        """An equation, an inequality or falsum."""
        failure: NotProved | None = None
        complete = False
        quantified = any(isinstance(one.conclusion, ForAll) for one in known)
        for share in (GLANCE, *SHARES) if quantified else SHARES:
            if share > SHARES[0] and share > self.effort.work:
                break
            if complete and share < SHARES[-1]:  # the equations give no more; the rules may, with much more work
                continue
            effort = Effort(min(share, self.effort.work), self.effort.polish, self.effort.progress)
            try:
                return self._shorter(self._direct(claim, known, effort), claim, known, effort)
            except NotProved as error:
                failure = failure or error
            found, complete = self._with_more(claim, known, effort)
            if found is not None:
                return found
        assert failure is not None
        if self.depth < MOST_SPLITS:
            self.depth += 1
            try:
                found = self._by_cases(claim, known)
            finally:
                self.depth -= 1
            if found is not None:
                return found
        raise failure

    def _shorter(self, found: Theorem, claim: Formula, known: Sequence[Theorem], effort: Effort) -> Theorem:
        """The proof that was found, or, if that is long, a shorter one with more known."""
        if size(found)[0] <= LONG:
            return found
        other, _ = self._with_more(claim, known, replace(effort, work=SHARES[0]))
        return found if other is None or size(other)[0] >= size(found)[0] else other

    def _with_more(self, claim: Formula, known: Sequence[Theorem], effort: Effort) -> tuple[Theorem | None, bool]:
        """The claim after making more known, one rule after the other; and whether more work would be in vain."""
        opened_: list[tuple[Theorem, str]] = []
        wider = list(known)
        now = Situation.of(claim, wider, effort)
        complete = now.modulo.complete
        for rule in RULES:
            fresh = [one for one in rule(now) if self._is_new(one, wider)]
            if not fresh:
                continue
            for one in fresh:
                wider += self._open(one, opened_)
            now = Situation.of(claim, wider, effort)
            complete = complete and now.modulo.complete
            try:
                found = self._direct(claim, wider, effort)
            except NotProved:
                continue
            return self._closed(found, opened_), False
        return None, complete

    def _by_cases(self, claim: Formula, known: Sequence[Theorem]) -> Theorem | None:
        """The claim, because it holds whether a number is zero or not; or because its opposite is absurd."""
        effort = replace(self.effort, work=min(self.effort.work, SHARES[0]))
        for number in numbers_to_split(Situation.of(claim, known, effort)):
            zero = Equal(number)
            try:
                if zero == claim:
                    right = self._absurd(assume(negation(zero)), claim, known)
                    return cases(excluded_middle(zero), assume(zero), right)
                right = self._atom(claim, [*known, assume(negation(zero))])
                left = self._atom(claim, [*known, assume(zero)])
            except NotProved:
                continue
            return cases(excluded_middle(zero), left, right)
        if not isinstance(claim, NonNegative | Positive):
            return None
        try:
            return self._by_sign(claim, known)
        except NotProved:
            return None

    def _absurd(self, opposite: Theorem, claim: Formula, known: Sequence[Theorem]) -> Theorem:
        return falsum_elim(self._atom(Falsum(), [*known, opposite]), claim)

    def _by_sign(self, claim: NonNegative | Positive, known: Sequence[Theorem]) -> Theorem:
        """s >= 0 (or > 0), because s < 0 (or = 0) is absurd. Raises NotProved."""
        zero, positive, negative = Equal(claim.term), Positive(claim.term), Positive(-claim.term)
        below = self._absurd(assume(negative), claim, known)
        if isinstance(claim, Positive):
            none, above = self._absurd(assume(zero), claim, known), assume(positive)
        else:
            none = derive(claim, assume(zero))
            above = derive(claim, assume(positive), products=[Product(1, (), (), (0,))])
        return cases(trichotomy(claim.term), none, cases(assume(Or(positive, negative)), above, below))

    def _is_new(self, one: Theorem, known: Iterable[Theorem]) -> bool:
        return all(one.conclusion != other.conclusion for other in known)

    def _open(self, one: Theorem, opened_: list[tuple[Theorem, str]]) -> list[Theorem]:
        """What a theorem says, with what it asserts to exist under fresh names."""
        while isinstance(one.conclusion, Exists):
            name = self.fresh(one.conclusion.hint)
            opened_.append((one, name))
            variable = Variable(name, one.conclusion.sort, one.conclusion.arity)
            one = assume(instantiate(one.conclusion, generic(variable)))
        return split(one)

    def _direct(self, claim: Formula, known: Sequence[Theorem], effort: Effort) -> Theorem:
        """By `derive`; or by a trace of squares, by two inequalities, or from a contradiction."""
        usable = [one for one in known if isinstance(one.conclusion, Equal | NonNegative | Positive)]
        try:
            return derive(claim, *usable, effort=effort)
        except NotProved as error:
            try:
                found = self._indirect(claim, known, usable, effort)
            except NotProved:
                found = None
            if found is None:
                raise error from None
            return found

    def _indirect(
        self, claim: Formula, known: Sequence[Theorem], usable: Sequence[Theorem], effort: Effort
    ) -> Theorem | None:
        if isinstance(claim, Falsum):
            return self._contradiction(known)
        if not isinstance(claim, Equal):
            return None
        if claim.term.shape is not None:
            return lemmas.vanishing(claim.term, *usable, effort=effort)
        if all(isinstance(one.conclusion, Equal) for one in usable):
            return None
        return self._squeezed(claim, usable, effort)

    def _squeezed(self, claim: Equal, usable: Sequence[Theorem], effort: Effort) -> Theorem:
        """s = 0 from s >= 0 and -s >= 0: the matrix s I of size 1 has a norm that is not positive."""
        above = derive(at_least(claim.term, 0), *usable, effort=effort)
        below = derive(at_least(-claim.term, 0), *usable, effort=effort)
        none = lemmas.vanishing(claim.term * identity(1), above, below, effort=effort)
        return derive(claim, none, effort=effort)

    def _contradiction(self, known: Sequence[Theorem]) -> Theorem | None:
        """Falsum from a negation whose formula can be proved."""
        for one in known:
            formula = one.conclusion
            if isinstance(formula, Implies) and isinstance(formula.right, Falsum):
                others = [other for other in known if other is not one]
                try:
                    return implies_elim(one, self.prove(formula.left, others))
                except NotProved:
                    continue
        return None

    # -------------------------------------------------------------------------------------------------- existence

    def _existence(self, claim: Exists, known: Sequence[Theorem]) -> Theorem:
        """By a witness for every unknown; if need be, after more is known, or with new pseudoinverses.

        Raises NotProved.
        """
        try:
            return self._witnessed(claim, known)
        except NotProved as error:
            failure = error
        effort = replace(self.effort, work=min(self.effort.work, SHARES[0]))
        more = realrules.square_inverses(Situation.of(claim, known, effort))
        if more:
            try:
                return self._witnessed(claim, [*known, *more])
            except NotProved:
                pass
        tried: list[Letter] = []
        for letters in (letters_in(claim, beside=True), letters_in(claim)):
            if not letters or letters == tried:
                continue
            tried, wider = letters, [*known, *more]
            opened_: list[tuple[Theorem, str]] = []
            for one in letters:
                wider += self._open(lemmas.specialised(fact("pinv"), one.rows, one.cols, letter(one)), opened_)
            try:
                return self._closed(self._witnessed(claim, wider), opened_)
            except NotProved as error:
                failure = error
        raise failure

    def _closed(self, found: Theorem, opened_: Sequence[tuple[Theorem, str]]) -> Theorem:
        """The theorem without the assumptions about what was opened."""
        for existence, name in reversed(opened_):
            if name in names_in_hypotheses(found):
                found = exists_elim(existence, found, name)
        return found

    def _witnessed(self, claim: Exists, known: Sequence[Theorem]) -> Theorem:
        """By a witness for every unknown. Raises NotProved."""
        variables = list[Variable]()
        inside: Formula = claim
        while isinstance(inside, Exists):
            variable, inside = opened(inside, self.names)
            self.names |= {variable.name}
            variables.append(variable)
        parts = flattened(inside)
        defined: dict[str, Poly] = {}
        for number, one in enumerate(variables):
            term = defined_by(one, parts)
            if term is not None and not free_names(term) & {later.name for later in variables[number:]}:
                defined[one.name] = term
        unknowns = [one for one in variables if one.name not in defined]
        if any(one.sort.kind != "matrix" or one.arity for one in unknowns):
            raise NotProved(f"no witness: {show(claim)} asks for more than matrices", scalar(0))
        failure: NotProved | None = None
        for values in self._assignments(unknowns, set(defined), parts, known):
            try:
                return self._with_witnesses(claim, variables, values, defined, known)
            except NotProved as error:
                failure = failure or error
        raise failure or NotProved(f"no witness was found for {show(claim)}", scalar(0))

    def _assignments(
        self, unknowns: Sequence[Variable], defined: set[str], parts: Sequence[Formula], known: Sequence[Theorem]
    ) -> Iterable[dict[str, Value]]:
        """Values for the unknowns that satisfy the equations between them."""
        letters = [Letter(one.name, (), one.sort.rows, one.sort.cols) for one in unknowns]
        claims = [one.term for one in parts if isinstance(one, Equal) and not free_names(one) & defined]
        equations = [one.conclusion.term for one in known if isinstance(one.conclusion, Equal)]
        witnesses = Witnesses(letters, claims, equations, Budget(self.effort.work // 2, self.effort.progress))
        count = 0
        try:
            for values in witnesses.assignments():
                yield dict(zip((one.name for one in unknowns), values, strict=True))
                count += 1
                if count == MOST_WITNESSES:
                    return
        except OutOfWork:
            return

    def _with_witnesses(
        self,
        claim: Exists,
        variables: Sequence[Variable],
        values: dict[str, Value],
        defined: dict[str, Poly],
        known: Sequence[Theorem],
    ) -> Theorem:
        """The existential claim at these values; pseudoinverses that it speaks of are obtained."""
        opened_: list[tuple[Theorem, str]] = []
        levels: list[tuple[Exists, Value]] = []
        formula: Formula = claim
        wider = list(known)
        for variable in variables:
            assert isinstance(formula, Exists)
            if variable.name not in values:
                term = substitute_poly(defined[variable.name], values)
                assert term.shape is not None
                existence = lemmas.specialised(fact("pinv"), *term.shape, term)
                wider += self._open(existence, opened_)
                rows, cols = term.shape
                values = {**values, variable.name: matrix(opened_[-1][1], cols, rows)}
            levels.append((formula, values[variable.name]))
            formula = instantiate(formula, values[variable.name])
        theorem = self.prove(formula, wider)
        for goal, value in reversed(levels):
            theorem = exists_intro(theorem, goal, value)
        return self._closed(theorem, opened_)
