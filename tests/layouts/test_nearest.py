"""Layouts that come near boxes."""

import numpy as np
import pytest

from bd_gen.data.sources.synthetic.source import make_plans
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.solver import solve
from bd_gen.system.errors import InputError


def test_targets_change_what_is_nearest() -> None:
    """The boxes of a plan are a layout of its diagram, and moved a little nearly so."""
    table = make_plans(3, 8, Vocabulary(8))
    rng = np.random.default_rng(0)
    for k, diagram in enumerate(diagrams_from_tokens(table.tokens, table.vocabulary)):
        own = table.boxes[k, : diagram.num_rooms].astype(int)
        wanted = own + rng.integers(-3, 4, own.shape)
        targets = {room: tuple(box) for room, box in enumerate(wanted.tolist())}
        near = solve(diagram, SolverOptions(targets=targets)).boxes
        far = solve(diagram, SolverOptions()).boxes
        assert near is not None
        assert far is not None
        # four sides a room; its own boxes are 12/7 pixels a side away on average
        assert np.abs(near - wanted).mean() < 3.5
        assert np.abs(near - wanted).mean() < 0.3 * np.abs(far - wanted).mean()


def test_a_target_that_is_no_box_is_refused() -> None:
    with pytest.raises(InputError, match="targets: room 1"):
        SolverOptions(targets={1: (5, 5, 5)})  # type: ignore[dict-item]
