import numpy as np
import pytest
import torch
from tests.rplan import NODE_VOCABULARY_SIZE

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.packing import Group, PackedBatch, pack, pack_padded


def test_a_packed_batch_by_hand() -> None:
    # n_max 3: positions are rooms 0, 1, 2, then edges 01, 02, 12.
    one = torch.tensor([[4]])
    two = torch.tensor([[0, 7, 3], [12, 13, 11]])
    batch = pack([(1, one), (2, two)], Vocabulary(3))
    shift = NODE_VOCABULARY_SIZE
    assert batch.tokens.tolist() == [4, 0, 7, 3 + shift, 12, 13, 11 + shift]
    assert batch.positions.tolist() == [0, 0, 1, 3, 0, 1, 3]
    assert batch.groups == (Group(1, 1), Group(2, 3))
    assert batch.key_mask is None


def test_a_padded_batch_by_hand() -> None:
    tokens = torch.tensor([[0, 7, 14, 3, 12, 12], [1, 2, 3, 4, 5, 6]])
    is_real = torch.tensor([[True, True, False, True, False, False], [True] * 6])
    batch = pack_padded(tokens, is_real, Vocabulary(3))
    shift = NODE_VOCABULARY_SIZE
    first = [0, 7, 14, 3 + shift, 12 + shift, 12 + shift]
    assert batch.tokens.tolist() == [*first, 1, 2, 3, 4 + shift, 5 + shift, 6 + shift]
    assert batch.positions.tolist() == [0, 1, 2, 3, 4, 5] * 2
    assert batch.groups == (Group(2, 6),)
    assert batch.key_mask is not None
    assert batch.key_mask.tolist() == is_real.reshape(-1).tolist()


@pytest.mark.parametrize("n_max", [8, 14])
def test_positions_are_the_real_ones_of_the_full_row(n_max: int) -> None:
    vocabulary = Vocabulary(n_max)
    for n in range(1, n_max + 1):
        row = torch.zeros(1, n * (n + 1) // 2, dtype=torch.long)
        batch = pack([(n, row)], vocabulary)
        assert np.array_equal(batch.positions.numpy(), vocabulary.real_positions(n))


def test_values_of_diagrams_are_spread_over_their_tokens() -> None:
    batch = PackedBatch(torch.zeros(7), torch.zeros(7), (Group(1, 1), Group(2, 3)))
    values = torch.tensor([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    spread = batch.of_samples(values)
    assert spread[:, 0].tolist() == [1, 2, 2, 2, 3, 3, 3]
    assert spread[:, 1].tolist() == [10, 20, 20, 20, 30, 30, 30]


def test_small_integers_do_not_overflow() -> None:
    """Tokens come as uint8 too; the joint index of an edge goes up to 27, positions to 104."""
    vocabulary = Vocabulary(14)
    row = torch.full((1, vocabulary.length), 11, dtype=torch.uint8)
    batch = pack([(14, row)], vocabulary)
    assert batch.tokens.dtype == torch.int64
    assert batch.tokens.tolist() == [11] * 14 + [26] * 91
