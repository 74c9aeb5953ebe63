import numpy as np
import pytest
from tests.rplan import RELATIONS

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.relations import Mirror, mirror_relations
from bd_gen.diagrams.tokens import tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics.symmetry import Symmetry, symmetry

VOCABULARY = Vocabulary(2)


def pairs_of_rooms(relations: np.ndarray) -> tuple[DiagramSet, DiagramSet]:
    """Two rooms with those relations, and the mirror images."""
    count = len(relations)
    types, num_rooms = np.tile([0, 2], (count, 1)), np.full(count, 2)

    def diagrams(labels: np.ndarray) -> DiagramSet:
        return DiagramSet(
            tokens_from_parts(types, labels[:, None], num_rooms, VOCABULARY), VOCABULARY
        )

    return diagrams(relations), diagrams(mirror_relations(relations, Mirror.LEFT_RIGHT))


def test_a_law_that_is_its_own_image_is_told_as_symmetric() -> None:
    random = np.random.default_rng(0)
    both = [RELATIONS.index("left-of"), RELATIONS.index("right-of"), RELATIONS.index("above")]
    plans, images = pairs_of_rooms(random.choice(both, 4_000).astype(np.uint8))
    found = symmetry(plans, images)
    assert found.halves.shape == found.image.shape == (10,)
    assert found.verdict == "alike"
    assert found.image.mean() < 1e-3


def test_plans_that_lean_to_one_side_are_told_apart_by_hand() -> None:
    relations = np.array([RELATIONS.index("left-of")] * 300, np.uint8)
    plans, images = pairs_of_rooms(relations)
    found = symmetry(plans, images, repeats=2)
    assert found.halves.tolist() == [0.0, 0.0]
    assert found.image == pytest.approx([np.log(2)] * 2)  # no bin in common
    assert found.verdict == "not alike"


def test_too_few_plans_are_refused() -> None:
    plans, images = pairs_of_rooms(np.zeros(1, np.uint8))
    with pytest.raises(ValueError, match="at least two diagrams"):
        symmetry(plans, images)


def test_verdicts() -> None:
    verdicts = [Symmetry(np.ones(2), np.full(2, k)).verdict for k in (1.0, 1.49, 1.5, 4.9, 5.0)]
    assert verdicts == ["alike", "alike", "nearly alike", "nearly alike", "not alike"]
