"""Synthetic plans: boxes first, relations by the rule, so that every diagram is realizable."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from bd_gen.data.plan_table import PlanTable, table_from_boxes
from bd_gen.data.sources.synthetic.floorplans import draw_floorplans
from bd_gen.data.sources.synthetic.programmes import ROOMS_PER_PLAN, TYPE, draw_programmes
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError

GENERATOR_VERSION = 2
"""Raise it whenever the same seed gives other plans than before."""

# Plans are made in chunks with a random stream of their own each, so that plan k of a seed does
# not depend on how many are asked for.
_CHUNK = 2048
_FEWEST_TRIES = 1024
# The rarest programmes take some dozen rounds; endless loops are a fault of this program.
_MOST_ROUNDS = 10_000


def make_plans(
    num_plans: int,
    seed: int,
    vocabulary: Vocabulary,
    progress: Callable[[int, int], None] | None = None,
) -> PlanTable:
    """Make plans; plan k of a seed is the same however many are made.

    Raises:
        InputError: n_max leaves no room for the smallest plans.
    """
    if vocabulary.n_max < min(ROOMS_PER_PLAN):
        raise InputError(
            f"data.n_max: synthetic plans have {min(ROOMS_PER_PLAN)} to {max(ROOMS_PER_PLAN)} "
            f"rooms, got {vocabulary.n_max}"
        )
    n_max = vocabulary.n_max
    room_types = np.full((num_plans, n_max), vocabulary.node_pad, np.uint8)
    boxes = np.zeros((num_plans, n_max, 4), np.float32)
    for start in range(0, num_plans, _CHUNK):
        types, some_boxes = _make_chunk(seed, start // _CHUNK, n_max)
        here = slice(start, min(start + _CHUNK, num_plans))
        count, width = here.stop - start, min(n_max, types.shape[1])
        room_types[here, :width] = np.where(types < 0, vocabulary.node_pad, types)[:count, :width]
        boxes[here, :width] = some_boxes[:count, :width]
        if progress is not None:
            progress(here.stop, num_plans)
    num_rooms = (room_types != vocabulary.node_pad).sum(1)
    ids = np.array([f"{seed}-{k}" for k in range(num_plans)])
    return table_from_boxes(room_types, boxes, num_rooms, ids, vocabulary)


@lru_cache(maxsize=4)  # half a second each, and a few plans are asked for again and again
def _make_chunk(seed: int, chunk: int, n_max: int) -> tuple[np.ndarray, np.ndarray]:
    """Room types (_CHUNK, K) with -1 for no room, and boxes (_CHUNK, K, 4), read-only."""
    rng = np.random.default_rng([seed, chunk])
    programmes = draw_programmes(_CHUNK, n_max, rng)
    types = np.concatenate([np.full((_CHUNK, 1), TYPE["LivingRoom"]), programmes], axis=1)
    boxes = np.zeros((*types.shape, 4))
    waiting = np.arange(_CHUNK)
    for _ in range(_MOST_ROUNDS):
        tries = np.resize(waiting, max(3 * len(waiting), _FEWEST_TRIES))
        drawn, is_sound = draw_floorplans(programmes[tries], rng)
        slots, first = np.unique(tries[is_sound], return_index=True)
        boxes[slots] = drawn[is_sound][first]
        waiting = np.setdiff1d(waiting, slots, assume_unique=True)
        if len(waiting) == 0:
            break
    else:
        raise AssertionError(f"no plan found for the programme {programmes[waiting[0]].tolist()}")
    # Rooms in any order, as in RPLAN.
    order = np.argsort(np.where(types < 0, 2, rng.random(types.shape)), axis=1)
    types = np.take_along_axis(types, order, 1)
    boxes = np.take_along_axis(boxes, order[..., None], 1)
    types.setflags(write=False)
    boxes.setflags(write=False)
    return types, boxes
