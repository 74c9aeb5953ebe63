"""How many corners and steps an outline may have."""

import numpy as np

from bd_gen.layouts.cells.outlines import wished_outline
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.shape_costs import SHAPE_COSTS

# an L with a step of 4 pixels in it
L = {0: (40, 40, 140, 100), 1: (40, 100, 90, 150), 2: (90, 100, 130, 104)}


def wished(targets: dict[int, tuple[int, int, int, int]], seed: int) -> tuple[int, int]:
    return wished_outline(SolverOptions(targets=targets), len(targets), np.random.default_rng(seed))


def test_without_targets_for_all_rooms_it_is_a_rectangle() -> None:
    rng = np.random.default_rng(0)
    assert wished_outline(SolverOptions(), 3, rng) == (4, 0)
    assert wished_outline(SolverOptions(targets={0: L[0]}), 3, rng) == (4, 0)
    given = SolverOptions(targets=L, outline=Outline((30, 30, 200, 200)))
    assert wished_outline(given, 3, rng) == (4, 0)


def test_corners_are_those_of_the_targets() -> None:
    assert wished({0: L[0], 1: L[1]}, 0) == (6, 0)


def test_a_step_stays_as_often_as_in_real_plans_and_takes_its_corners_with_it() -> None:
    found = [wished(L, seed) for seed in range(400)]
    assert set(found) == {(8, 1), (6, 0)}
    assert 0.2 < np.mean([steps for _, steps in found]) < 0.32


def test_corners_and_steps_cost_beyond_those_wished_and_half_where_they_lack() -> None:
    class Plans:
        class outline:  # noqa: N801
            corners = np.array([4, 8, 10])

            @staticmethod
            def steps(shorter: int) -> tuple[np.ndarray, np.ndarray]:
                assert shorter == 9
                return np.array([0, 1, 2]), np.array([0.0, 5.0, 10.0])

        class sizes:  # noqa: N801
            corners, steps = 8, 1

    assert SHAPE_COSTS["corners"].measure(Plans).tolist() == [2, 0, 2]
    assert SHAPE_COSTS["steps"].measure(Plans).tolist() == [0.5, 0, 2]
