"""Room programmes: which rooms a synthetic plan has.

A log-linear model of room counts: the probability of a combination of counts is a product of
one factor per type, one for bathrooms and second rooms together, and one for the number of
rooms. The factors were fitted to the marginal counts of RPLAN (see docs/data.md); a twelfth or
so of all second rooms then turns into a child's room, a study or a guest room.
"""

from functools import cache
from itertools import product

import numpy as np

from bd_gen.diagrams.rplan import RPLAN

ROOMS_PER_PLAN = {4: 0.003, 5: 0.072, 6: 0.311, 7: 0.362, 8: 0.252}
"""RPLAN's share of plans with so many rooms."""

# Weight of having 0, 1, 2, ... rooms of a type.
_COUNT_FACTORS = {
    "MasterRoom": (0.007, 1.0, 0.033, 0.003),
    "Kitchen": (0.018, 1.0, 0.0054),
    "Balcony": (0.125, 1.0, 1.042, 0.152, 0.026),
    "DiningRoom": (1.0, 0.048),
    "Entrance": (1.0, 0.0105),
    "Storage": (1.0, 0.120, 0.0075),
}
# Row: bathrooms 0..3; column: second rooms 0..4. A second bathroom goes with a second bedroom.
_BATHROOMS_AND_SECOND_ROOMS = (
    (0.0, 0.0005, 0.0009, 0.0005, 0.0),
    (0.021, 1.0, 1.569, 0.158, 0.022),
    (0.003, 0.184, 2.516, 0.523, 0.763),
    (0.0, 0.0064, 0.138, 0.191, 0.0),
)
# Share of second rooms that are something more special.
_SPECIAL_SECOND_ROOMS = {"StudyRoom": 0.080, "ChildRoom": 0.060, "GuestRoom": 0.040}

_COUNTED = (*_COUNT_FACTORS, "Bathroom", "SecondRoom")
_MOST_OTHER_ROOMS = max(ROOMS_PER_PLAN) - 1

TYPE = {name: k for k, name in enumerate(RPLAN.room_names)}


@cache
def _combinations() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Room types (C, 7) without the living room, -1 for none; number of rooms; weight."""
    types, num_rooms, weights = [], [], []
    ranges = [range(len(factors)) for factors in _COUNT_FACTORS.values()]
    for counts in product(*ranges, range(4), range(5)):
        bathrooms, second_rooms = counts[-2:]
        weight = _BATHROOMS_AND_SECOND_ROOMS[bathrooms][second_rooms]
        for count, factors in zip(counts, _COUNT_FACTORS.values(), strict=False):
            weight *= factors[count]
        if weight == 0 or sum(counts) + 1 not in ROOMS_PER_PLAN:
            continue
        rooms = [TYPE[name] for name, k in zip(_COUNTED, counts, strict=True) for _ in range(k)]
        types.append(rooms + [-1] * (_MOST_OTHER_ROOMS - len(rooms)))
        num_rooms.append(len(rooms) + 1)
        weights.append(weight)
    return np.array(types), np.array(num_rooms), np.array(weights)


@cache
def _law(n_max: int) -> tuple[np.ndarray, np.ndarray]:
    """Combinations (C, 7) of at most n_max rooms and the cumulative probability of each."""
    types, num_rooms, weights = _combinations()
    share = np.zeros(max(ROOMS_PER_PLAN) + 1)
    share[list(ROOMS_PER_PLAN)] = list(ROOMS_PER_PLAN.values())
    share[n_max + 1 :] = 0
    total = np.bincount(num_rooms, weights, minlength=len(share))
    chances = weights * share[num_rooms] / total[num_rooms]
    return types, np.cumsum(chances) / chances.sum()


def draw_programmes(num_plans: int, n_max: int, rng: np.random.Generator) -> np.ndarray:
    """(num_plans, 7) int64 types of the rooms beside the one living room, -1 for no room."""
    types, cumulative = _law(n_max)
    chosen = np.searchsorted(cumulative, rng.random(num_plans), side="right")
    drawn = types[np.minimum(chosen, len(types) - 1)]
    u = rng.random(drawn.shape)
    is_second = drawn == TYPE["SecondRoom"]
    for name, share in _SPECIAL_SECOND_ROOMS.items():
        drawn = np.where(is_second & (u >= 0) & (u < share), TYPE[name], drawn)
        u = u - share
    return drawn
