"""The exact search for boxes: cheap bounds first, then CP-SAT on what they leave."""

import time
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from bd_gen.layouts.bounds import Bounded, bounded
from bd_gen.layouts.constraints import variable
from bd_gen.layouts.cp_sat import Model, Search
from bd_gen.layouts.problem import Problem

_FIRST_EFFORT = 0.01
"""Deterministic time for the first attempt: ten times what 99 % of the diagrams with a layout
take. What is still open then is most often impossible, which another search proves sooner."""


class Status(IntEnum):
    """The answers of the solver. `NOT_TILED`: there are boxes, but no plan was made of them."""

    UNREALIZABLE = 0
    REALIZABLE = 1
    TIME_LIMIT = 2
    NOT_TILED = 3

    def __str__(self) -> str:
        return self.name.lower().replace("_", " ")


class Found(NamedTuple):
    """Boxes (n, 4) int64 if the status is REALIZABLE, and the problem that they solve."""

    status: Status
    boxes: np.ndarray | None = None
    rest: Bounded | None = None


def find_boxes(
    problem: Problem, time_limit: float, seed: int = 0, effort_limit: float = np.inf
) -> Found:
    """Any boxes that satisfy the problem, or a proof that there are none, within the limits.

    Args:
        problem: what must hold.
        time_limit: seconds by the clock.
        seed: of the search.
        effort_limit: in CP-SAT's deterministic time, see `cp_sat.Search`.

    Raises:
        InputError: OR-tools is not installed.
    """
    start = time.perf_counter()
    rest = bounded(problem)
    if rest is None:
        return Found(Status.UNREALIZABLE)
    model = box_model(problem, rest)
    for linearization, effort in ((0, min(_FIRST_EFFORT, effort_limit)), (2, effort_limit)):
        seconds = time_limit - (time.perf_counter() - start)
        if seconds <= 0:
            break
        answer = model.solve(Search(seconds, effort, linearization, seed=seed))
        if answer.is_impossible:
            return Found(Status.UNREALIZABLE)
        if answer.values is not None:
            return Found(Status.REALIZABLE, boxes_of(answer.values, problem.num_rooms), rest)
    return Found(Status.TIME_LIMIT)


def box_model(problem: Problem, rest: Bounded) -> Model:
    """The whole problem for CP-SAT: variable 4 * room + side is a side of a box."""
    model = Model()
    for low, high in rest.domains.reshape(-1, 2).tolist():
        model.integer(low, high)
    for room in range(problem.num_rooms):
        for axis in range(2):
            model.linear([(variable(room, axis), -1), (variable(room, axis + 2), 1)], low=1)
    for clause in rest.clauses:
        model.clause(clause)
    for statement in problem.statements:
        if len(statement.one_of) > 1:
            model.one_of(statement.one_of)
        if statement.area is not None:
            _bound_area(model, statement.rooms[0], statement.area, problem.grid.largest)
        if statement.choices:
            model.one_of_clauses(statement.choices)
        if statement.extent is not None:
            _bound_extent(model, statement.extent, problem)
    return model


def _bound_area(model: Model, room: int, bounds: tuple[int, int], largest: int) -> None:
    lengths = []
    for axis in range(2):
        length = model.integer(1, largest)
        low, high = variable(room, axis), variable(room, axis + 2)
        model.linear([(high, 1), (low, -1), (length, -1)], 0, 0)
        lengths.append(length)
    model.product(model.integer(bounds[0], min(bounds[1], largest**2)), *lengths)


def _bound_extent(model: Model, bounds: tuple[int, int], problem: Problem) -> None:
    """Bound the area of the box around all rooms."""
    largest, lengths = problem.grid.largest, []
    for axis in range(2):
        ends = [model.integer(0, largest) for _ in range(2)]
        for side, (end, sign) in enumerate(zip(ends, (-1, 1), strict=True)):
            sides = [variable(room, axis + 2 * side) for room in range(problem.num_rooms)]
            model.largest(end, sides, sign)
        lengths.append(model.integer(1, largest))
        model.linear([(ends[1], 1), (ends[0], -1), (lengths[-1], -1)], 0, 0)
    model.product(model.integer(bounds[0], min(bounds[1], largest**2)), *lengths)


def boxes_of(values: list[int], num_rooms: int) -> np.ndarray:
    """(n, 4) int64 boxes from the values of a model's variables."""
    return np.array(values[: 4 * num_rooms], np.int64).reshape(num_rooms, 4)
