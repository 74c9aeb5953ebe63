"""Where the rooms of a design should lie."""

from pathlib import Path

import numpy as np
import pytest

from bd_gen.design.geometry import as_targets, geometry_model, knows, stretched, with_targets
from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline
from bd_gen.system.errors import InputError
from bd_gen.training.bundled import BUNDLED_FILE, BUNDLED_GEOMETRY
from bd_gen.training.checkpoint import load_checkpoint

needs_model = pytest.mark.skipif(not BUNDLED_GEOMETRY.is_file(), reason="not trained yet")
DIAGRAM = Diagram((0, 1, 2, 3), ((0, 1, 7), (0, 2, 3), (0, 3, 2)))


def test_draws_are_stretched_to_an_outline() -> None:
    boxes = np.array([[50, 60, 100, 110], [100, 60, 150, 160]], float)
    found = stretched(boxes, (10, 20, 60, 220))
    assert found.tolist() == [[10, 20, 35, 120], [35, 20, 60, 220]]


def test_targets_are_whole_pixels_of_the_plan() -> None:
    boxes = np.array([[-4.2, 0.4, 10.6, 300], [255.9, 10, 256, 10.2]])
    assert as_targets(boxes) == [(0, 0, 11, 255), (254, 10, 255, 11)]


def test_typical_sizes_need_no_model_and_other_files_are_refused(tmp_path: Path) -> None:
    assert geometry_model("typical") is None
    with pytest.raises(InputError, match="a model of diagrams, and one of boxes is needed"):
        geometry_model(str(BUNDLED_FILE))
    with pytest.raises(InputError, match="there is no checkpoint of that name"):
        geometry_model(str(tmp_path / "none.pt"))


@needs_model
def test_targets_are_the_best_draw_and_fixed_boxes_stay() -> None:
    checkpoint = geometry_model("model")
    assert checkpoint is not None
    assert knows(checkpoint, 4)
    assert not knows(checkpoint, 9)
    fixed = {1: (90, 90, 140, 150)}
    (free,) = with_targets(checkpoint, [DIAGRAM], SolverOptions(min_side=5), 0)
    (kept,) = with_targets(checkpoint, [DIAGRAM], SolverOptions(fixed=fixed), 0)
    assert sorted(free.targets) == [0, 1, 2, 3]
    assert free.min_side == 5
    assert sorted(kept.targets) == [0, 2, 3]
    outline = Outline((20, 30, 220, 210))
    (inside,) = with_targets(checkpoint, [DIAGRAM], SolverOptions(outline=outline), 0)
    boxes = np.array(list(inside.targets.values()))
    assert (*boxes[:, :2].min(0), *boxes[:, 2:].max(0)) == outline.box


@needs_model
def test_the_bundled_model_is_small_and_says_what_it_is() -> None:
    assert BUNDLED_GEOMETRY.stat().st_size < 2_000_000
    assert load_checkpoint(BUNDLED_GEOMETRY).draws_boxes
