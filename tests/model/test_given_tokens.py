"""What is known from the start."""

from collections.abc import Callable

import numpy as np
import pytest

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.given_tokens import given_tokens

Maker = Callable[..., np.ndarray]


def test_types_are_all_nodes_and_never_pad(make_tokens: Maker) -> None:
    known = given_tokens("types", make_tokens([3, 1, 4], 4), Vocabulary(4), seed=0)
    assert known[:, :4].sum(axis=1).tolist() == [3, 1, 4]
    assert not known[:, 4:].any()


def test_half_is_half_of_each_and_every_token_equally_often(make_tokens: Maker) -> None:
    vocabulary = Vocabulary(4)
    num_rooms = np.tile([1, 2, 3, 4], 2000)
    known = given_tokens("half", make_tokens(num_rooms, 4), vocabulary, seed=0)
    assert known.sum(axis=1)[:4].tolist() == [0, 1, 3, 5]
    assert not known[~vocabulary.real_mask(num_rooms)].any()
    for n, share in ((2, 1 / 3), (3, 1 / 2), (4, 1 / 2)):
        found = known[num_rooms == n][:, vocabulary.real_positions(n)].mean(axis=0)
        assert np.abs(found - share).max() < 4.5 * (share * (1 - share) / 2000) ** 0.5


def test_halves_depend_on_the_seed_alone(make_tokens: Maker) -> None:
    vocabulary, tokens = Vocabulary(4), make_tokens([4, 3, 4, 4], 4)
    known = given_tokens("half", tokens, vocabulary, seed=0)
    assert np.array_equal(known[:2], given_tokens("half", tokens[:2], vocabulary, seed=0))
    assert not np.array_equal(known, given_tokens("half", tokens, vocabulary, seed=1))


def test_an_unknown_word_is_refused(make_tokens: Maker) -> None:
    with pytest.raises(ValueError, match="given: expected one of types, half, got 'edges'"):
        given_tokens("edges", make_tokens([2], 2), Vocabulary(2), seed=0)
