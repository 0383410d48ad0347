"""What is to be proved or refuted: variables, labelled hypotheses, a claim. No search happens here.

Main names: Goal, Hypothesis.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbolic_cp.kernel.formulas import Formula, Variable, for_all, implication


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A formula that is assumed, and the words by which messages and certificates call it."""

    label: str
    formula: Formula


@dataclass(frozen=True, slots=True)
class Goal:
    """For all values of the variables: if the hypotheses hold, so does the claim.

    `variables` stand in binding order: natural numbers first, then scalars, matrices and families, each after the
    dimensions that its shape mentions.
    """

    name: str
    variables: tuple[Variable, ...]
    hypotheses: tuple[Hypothesis, ...]
    claim: Formula

    def formula(self) -> Formula:
        """The closed formula `for all variables. hypotheses -> claim`.

        Raises KernelError if a name occurs with another sort than it is bound with.

        >>> from symbolic_cp.kernel.formulas import NAT, at, equal, matrix_sort
        >>> from symbolic_cp.prover.show import show
        >>> A = Variable("A", matrix_sort("n", "n"))
        >>> given = Hypothesis("A is symmetric", equal(at(A).T, at(A)))
        >>> show(Goal("example", (Variable("n", NAT), A), (given,), equal(at(A).T @ at(A), at(A) @ at(A))).formula())
        "for all n : nat, A : n x n. A' = A -> A'*A = A*A"
        """
        return for_all(*self.variables, implication(*(h.formula for h in self.hypotheses), self.claim))
