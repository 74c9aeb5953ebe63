"""Layouts that come near boxes."""

import numpy as np
import pytest

from bd_gen.data.sources.synthetic.source import make_plans
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.cells.sizes import drawn_sizes
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.solver import solve
from bd_gen.system.errors import InputError


def test_targets_change_what_is_nearest() -> None:
    """The boxes of a plan are a layout of its diagram, and moved a little nearly so."""
    table = make_plans(2, 8, Vocabulary(8))
    rng = np.random.default_rng(0)
    for k, diagram in enumerate(diagrams_from_tokens(table.tokens, table.vocabulary)):
        own = table.boxes[k, : diagram.num_rooms].astype(int)
        wanted = own + rng.integers(-3, 4, own.shape)
        targets = {room: tuple(box) for room, box in enumerate(wanted.tolist())}
        near = solve(diagram, SolverOptions(targets=targets)).boxes
        far = solve(diagram, SolverOptions()).boxes
        assert near is not None
        assert far is not None
        # walls of 4 to 6 pixels close and come into line, no more
        assert np.abs(near - wanted).mean() < 9
        assert np.abs(near - wanted).mean() < 0.5 * np.abs(far - wanted).mean()


def test_rooms_with_targets_have_what_is_seen_of_them() -> None:
    targets = {0: (0, 0, 100, 100), 1: (50, 50, 150, 150), 2: (0, 0, 10, 10)}
    diagram = Diagram((0, 1, 2, 3), ())
    sizes = drawn_sizes(diagram, SolverOptions(targets=targets))
    assert sizes.areas[:3].tolist() == [9900, 10000, 100]
    assert sizes.areas[3] == drawn_sizes(diagram, SolverOptions()).areas[3]


def test_a_target_that_is_no_box_is_refused() -> None:
    with pytest.raises(InputError, match="targets: room 1"):
        SolverOptions(targets={1: (5, 5, 5)})  # type: ignore[dict-item]
