import pytest
import torch
from tests.rplan import EDGE_MASK, NODE_MASK

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.sampling.state import GroupState, Reveal

VOCABULARY = Vocabulary(4)


def test_at_the_start_all_is_masked():
    state = GroupState.all_masked(3, torch.tensor([5, 9]), VOCABULARY)
    # Edges (0,1), (0,2), (1,2) of rows with four rooms.
    assert state.positions.tolist() == [0, 1, 2, 4, 5, 7]
    assert state.is_masked.all()
    assert not state.is_given.any()
    assert state.step.tolist() == [0, 0]
    rows = torch.tensor([0, 1])
    assert state.tokens(rows).tolist() == [[NODE_MASK] * 3 + [EDGE_MASK] * 3] * 2


def test_given_tokens_are_there_from_the_start():
    given = torch.tensor([4, NODE_MASK, NODE_MASK, EDGE_MASK, 10, EDGE_MASK])
    state = GroupState.all_masked(3, torch.tensor([5, 9]), VOCABULARY, given)
    expected = [True, False, False, False, True, False]
    assert state.is_given.tolist() == [expected] * 2
    assert (state.is_masked == ~state.is_given).all()
    assert state.tokens(torch.tensor([1])).tolist() == [given.tolist()]


def test_a_token_equal_to_the_other_kinds_mask_is_given():
    """13 is MASK of a node and nothing of an edge; 11 is MASK of an edge and Storage of a node."""
    given = torch.tensor([11, NODE_MASK, NODE_MASK, EDGE_MASK, EDGE_MASK, EDGE_MASK])
    state = GroupState.all_masked(3, torch.tensor([0]), VOCABULARY, given)
    assert state.is_given.tolist() == [[True] + [False] * 5]


def test_diagrams_share_nothing():
    state = GroupState.all_masked(3, torch.tensor([5, 9]), VOCABULARY)
    state.values[0, 0] = 7
    state.is_masked[0, 0] = False
    state.is_given[0, 0] = True
    assert state.is_masked[1].all()
    assert not state.is_given[1].any()
    assert state.tokens(torch.tensor([0, 1]))[:, 0].tolist() == [7, NODE_MASK]


def test_masking_again_adds_to_what_is_masked():
    state = GroupState.all_masked(2, torch.tensor([1, 2, 3]), VOCABULARY)
    state.is_masked[:] = False
    state.mask(torch.tensor([2, 0]), torch.tensor([[True, False, False], [False, False, True]]))
    assert state.is_masked.tolist() == [
        [False, False, True],
        [False, False, False],
        [True, False, False],
    ]


def reveal(rows: list[int], count: list[int] | None = None) -> Reveal:
    size = len(rows)
    return Reveal(
        torch.tensor(rows),
        torch.tensor(rows) / 10.0,
        torch.tensor(rows) + 100,
        torch.tensor(rows)[:, None] % 2 == torch.arange(3) % 2,
        None if count is None else torch.tensor(count),
        torch.zeros((size, 3), dtype=torch.bool),
    )


@pytest.mark.parametrize("counted", [False, True])
def test_reveals_are_joined_in_the_order_of_diagrams(counted):
    parts = [reveal([4, 1], [40, 10] if counted else None), reveal([3], [30] if counted else None)]
    whole = Reveal.joined(parts)
    assert whole.rows.tolist() == [1, 3, 4]
    assert whole.time.tolist() == pytest.approx([0.1, 0.3, 0.4])
    assert whole.step.tolist() == [101, 103, 104]
    assert whole.candidates[:, 0].tolist() == [False, False, True]
    if counted:
        assert whole.count is not None
        assert whole.count.tolist() == [10, 30, 40]
    else:
        assert whole.count is None


def test_a_part_by_mask():
    part = reveal([4, 1, 3], [1, 2, 3]).part(torch.tensor([True, False, True]))
    assert part.rows.tolist() == [4, 3]
    assert part.count is not None
    assert part.count.tolist() == [1, 3]
