"""A thin way into OR-tools' CP-SAT: models are its own messages, filled without detours.

`ortools.sat.python.cp_model` would do, but importing it brings pandas and takes two seconds, and
building a model from its expressions takes as long as solving most diagrams. The messages are
CP-SAT's documented input and the same in all versions; only where Python finds them moved.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from bd_gen.layouts.constraints import Clause, Linear
from bd_gen.system.errors import InputError

_NO_BOUND = 1 << 40
_INVALID, _FEASIBLE, _INFEASIBLE, _OPTIMAL = range(1, 5)  # CpSolverStatus
_QUICK_RESTART = 5  # SatParameters.PORTFOLIO_WITH_QUICK_RESTART_SEARCH


@dataclass(frozen=True)
class Search:
    """How to search.

    Attributes:
        seconds: limit by the clock.
        effort: limit in CP-SAT's deterministic time, the same on every machine; about a
            quarter of it passes in a second.
        linearization: 0 is fastest for problems that have a solution, 2 (all in the linear
            relaxation) proves quickly that there is none, and improves best.
        quick_restart: restart often: good at finding any solution.
        presolve: simplify first; worth it only for long searches.
        seed: of the search.
    """

    seconds: float
    effort: float = math.inf
    linearization: int = 0
    quick_restart: bool = True
    presolve: bool = False
    seed: int = 0


class Answer(NamedTuple):
    """What came out of a search.

    `values` of all variables if there is a solution; without one `is_impossible` tells a proof
    from a search that was cut short. `is_best`: no solution costs less, which is proven.
    """

    values: list[int] | None
    is_impossible: bool
    is_best: bool


class Model:
    """Integer variables numbered from 0, and conditions on them.

    Raises:
        InputError: OR-tools is not installed.
    """

    def __init__(self) -> None:
        self._messages, self._wrapper = _ortools()
        self.proto = self._messages.CpModelProto()
        self.num_variables = 0

    def integer(self, low: int, high: int) -> int:
        """A new variable in low..high."""
        self.proto.variables.add().domain.extend([low, high])
        self.num_variables += 1
        return self.num_variables - 1

    def linear(
        self,
        terms: Iterable[tuple[int, int]],
        low: int = -_NO_BOUND,
        high: int = _NO_BOUND,
        only_if: int | None = None,
    ) -> None:
        """Condition low <= sum of (variable, coefficient) <= high, if variable `only_if` is 1."""
        constraint = self.proto.constraints.add()
        variables, coefficients = zip(*terms, strict=True)
        constraint.linear.vars.extend(variables)
        constraint.linear.coeffs.extend(coefficients)
        constraint.linear.domain.extend([low, high])
        if only_if is not None:
            constraint.enforcement_literal.append(only_if)

    def any_of(self, booleans: Sequence[int]) -> None:
        """At least one of these 0/1 variables is 1."""
        self.proto.constraints.add().bool_or.literals.extend(booleans)

    def clause(self, clause: Clause) -> None:
        """At least one condition of the clause holds."""
        if len(clause) == 1:
            self.linear(clause[0].terms, high=clause[0].bound)
        else:
            self.one_of([(linear,) for linear in clause])

    def one_of(self, alternatives: Iterable[Sequence[Linear]]) -> None:
        """All conditions of at least one alternative hold."""
        chosen = []
        for alternative in alternatives:
            chosen.append(self.integer(0, 1))
            for linear in alternative:
                self.linear(linear.terms, high=linear.bound, only_if=chosen[-1])
        self.any_of(chosen)

    def one_of_clauses(self, alternatives: Iterable[Sequence[Clause]]) -> None:
        """All clauses of at least one alternative hold."""
        chosen = []
        for alternative in alternatives:
            chosen.append(self.integer(0, 1))
            for clause in alternative:
                if len(clause) == 1:
                    self.linear(clause[0].terms, high=clause[0].bound, only_if=chosen[-1])
                    continue
                holds = []
                for linear in clause:
                    holds.append(self.integer(0, 1))
                    self.linear(linear.terms, high=linear.bound, only_if=holds[-1])
                constraint = self.proto.constraints.add()
                constraint.bool_or.literals.extend(holds)
                constraint.enforcement_literal.append(chosen[-1])
        self.any_of(chosen)

    def largest(self, target: int, variables: Iterable[int], sign: int = 1) -> None:
        """`sign` times `target` is the largest of `sign` times these variables."""
        largest = self.proto.constraints.add().lin_max
        largest.target.vars.append(target)
        largest.target.coeffs.append(sign)
        for variable in variables:
            expression = largest.exprs.add()
            expression.vars.append(variable)
            expression.coeffs.append(sign)

    def product(self, target: int, a: int, b: int) -> None:
        """Variable `target` is the product of variables a and b."""
        product = self.proto.constraints.add().int_prod
        for expression, variable in (
            (product.target, target),
            *((product.exprs.add(), k) for k in (a, b)),
        ):
            expression.vars.append(variable)
            expression.coeffs.append(1)

    def minimise(self, costs: Iterable[tuple[int, int]]) -> None:
        """Look for the solution with the least sum of (variable, weight)."""
        variables, weights = zip(*costs, strict=True)
        self.proto.objective.vars.extend(variables)
        self.proto.objective.coeffs.extend(weights)

    def hint(self, values: Sequence[int]) -> None:
        """Start from these values of the first variables."""
        self.proto.solution_hint.vars.extend(range(len(values)))
        self.proto.solution_hint.values.extend(values)

    def solve(self, search: Search) -> Answer:
        """Search on one thread; the same search gives the same answer unless the clock ends it."""
        parameters = self._messages.SatParameters()
        parameters.num_workers = 1
        parameters.random_seed = search.seed
        parameters.max_time_in_seconds = max(search.seconds, 0.0)
        parameters.max_deterministic_time = search.effort
        parameters.linearization_level = search.linearization
        parameters.cp_model_presolve = search.presolve
        if not search.presolve:
            parameters.cp_model_probing_level = 0
        # ^C belongs to Python: a search that it ended would look like one without an answer
        parameters.catch_sigint_signal = False
        if search.quick_restart:
            branching = type(parameters.search_branching)  # int, or an enum of its own
            parameters.search_branching = branching(_QUICK_RESTART)
        wrapper = self._wrapper()
        wrapper.set_parameters(parameters)
        response = wrapper.solve(self.proto)
        status = int(response.status)
        if status == _INVALID:
            raise RuntimeError("the layout solver built a model that CP-SAT calls invalid")
        return Answer(
            list(response.solution) if status in (_FEASIBLE, _OPTIMAL) else None,
            status == _INFEASIBLE,
            status == _OPTIMAL,
        )


class _Messages(NamedTuple):
    CpModelProto: Any
    SatParameters: Any


@lru_cache(maxsize=1)
def _ortools() -> tuple[_Messages, Any]:
    """The message types, and the class that solves; where they are depends on the version."""
    try:
        from ortools.sat.python import cp_model_helper

        if hasattr(cp_model_helper, "CpModelProto"):  # from 9.15 on
            messages: Any = cp_model_helper
            return _Messages(messages.CpModelProto, messages.SatParameters), messages.SolveWrapper
        from ortools.sat import cp_model_pb2, sat_parameters_pb2

        if hasattr(cp_model_helper, "SolveWrapper"):
            wrapper = cp_model_helper.SolveWrapper
        else:  # up to 9.11
            from ortools.sat.python import swig_helper

            wrapper = swig_helper.SolveWrapper
        return _Messages(cp_model_pb2.CpModelProto, sat_parameters_pb2.SatParameters), wrapper
    except ImportError as error:
        raise InputError(
            f"layouts need OR-tools ({error}): pip install 'bd-gen[layout]'"
        ) from error
