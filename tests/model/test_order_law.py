from itertools import combinations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.rplan import NO_EDGE, NUM_ROOM_TYPES

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.model.order_law import OrderLaw, num_rooms_of_length, order_features


def random_law(seed: int = 0) -> OrderLaw:
    law = OrderLaw()
    torch.nn.init.normal_(law.order_weights, generator=torch.Generator().manual_seed(seed))
    return law


def law_of(**weights: float) -> OrderLaw:
    """A law with weight on a few features, named by the beginning of their words."""
    law = OrderLaw()
    with torch.no_grad():
        law.order_weights.zero_()
        for words, weight in weights.items():
            at = [
                k for k, name in enumerate(order_features(RPLAN)) if name.replace(",", "") == words
            ]
            assert len(at) == 1, words
            law.order_weights[at[0]] = weight
    return law


def random_state(num_rooms: int, seed: int, rows: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    edges = num_rooms * (num_rooms - 1) // 2
    types = torch.randint(NUM_ROOM_TYPES, (rows, num_rooms), generator=generator)
    relations = torch.randint(NO_EDGE + 1, (rows, edges), generator=generator)
    relations[torch.rand(rows, edges, generator=generator) < 0.4] = NO_EDGE
    is_visible = torch.rand(rows, num_rooms + edges, generator=generator) < 0.5
    is_visible[:, 0] = False
    return torch.cat([types, relations], dim=1), is_visible


# Rooms 0 (Kitchen = 2), 1 (Bathroom = 3), 2, 3; edges 01, 02, 03, 12, 13, 23.
TOKENS = torch.tensor([[2, 3, 2, 5, 1, NO_EDGE, 4, 7, 7, 7]])
VISIBLE = torch.tensor([[1, 1, 0, 1, 1, 1, 0, 1, 1, 0]]).bool()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("edge no end visible", [0] * 10),
        ("edge one end visible", [0, 0, 0, 0, 0, 1, 0, 1, 0, 1]),
        ("edge both ends visible", [0, 0, 0, 0, 1, 0, 1, 0, 1, 0]),
        ("room share of its edges visible", [2 / 3, 1, 2 / 3, 1 / 3, *[0] * 6]),
        ("room share of its edges visible and joined", [1 / 3, 1, 1 / 3, 1 / 3, *[0] * 6]),
        (
            "edge shares of the ends' edges visible",
            [0, 0, 0, 0, 5 / 3, 4 / 3, 1, 5 / 3, 4 / 3, 1],
        ),
        ("edge gap between these shares", [0, 0, 0, 0, 1 / 3, 0, 1 / 3, 1 / 3, 2 / 3, 1 / 3]),
        (
            "edge shares of the ends' edges visible and joined",
            [0, 0, 0, 0, 4 / 3, 2 / 3, 2 / 3, 4 / 3, 4 / 3, 2 / 3],
        ),
        # Visible edges 01, 02, 12, 13: a pair closes a triangle by way of every room in between.
        (
            "edge share of rooms it closes a triangle with",
            [0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5, 0, 0.5],
        ),
        # Joined are 01, 12, 13.
        (
            "edge share of rooms it closes a triangle of joined rooms with",
            [0, 0, 0, 0, 0, 0.5, 0.5, 0, 0, 0.5],
        ),
        # Room 2 is a kitchen, too, but not visible.
        ("edge visible ends of type Kitchen", [0, 0, 0, 0, 1, 1, 1, 0, 0, 0]),
        ("edge visible ends of type Bathroom", [0, 0, 0, 0, 1, 0, 0, 1, 1, 0]),
    ],
)
def test_features_worked_out_by_hand(words: str, expected: list[float]) -> None:
    found = law_of(**{words: 1.0}).log_weights(TOKENS, VISIBLE)[0]
    torch.testing.assert_close(found.detach(), torch.tensor(expected, dtype=torch.float32))


def test_an_edge_without_a_visible_end() -> None:
    found = law_of(**{"edge no end visible": 1.0}).log_weights(TOKENS, torch.zeros(1, 10).bool())
    assert found[0].tolist() == [0] * 4 + [1] * 6


@given(num_rooms=st.integers(1, 8), seed=st.integers(0, 999))
def test_a_renumbered_diagram_has_the_weights_of_its_tokens(num_rooms: int, seed: int) -> None:
    tokens, is_visible = random_state(num_rooms, seed)
    order = torch.randperm(num_rooms, generator=torch.Generator().manual_seed(seed)).tolist()
    edge = {pair: num_rooms + k for k, pair in enumerate(combinations(range(num_rooms), 2))}
    # Room k of the renumbered diagram is room order[k]; its label seen from the other side may be
    # another one, but it stays a relation.
    turned = [edge[min(order[i], order[j]), max(order[i], order[j])] for i, j in edge]
    places = torch.tensor([*order, *turned])
    other = tokens[:, places]
    relations = other[:, num_rooms:]
    other[:, num_rooms:] = torch.where(relations == NO_EDGE, NO_EDGE, 9 - relations)
    law = random_law()
    torch.testing.assert_close(
        law.log_weights(other, is_visible[:, places]),
        law.log_weights(tokens, is_visible)[:, places],
    )


@given(num_rooms=st.integers(1, 6), seed=st.integers(0, 999))
def test_what_is_hidden_has_no_influence(num_rooms: int, seed: int) -> None:
    tokens, is_visible = random_state(num_rooms, seed)
    other, _ = random_state(num_rooms, seed + 1)
    law = random_law()
    hidden = torch.where(is_visible, tokens, other)
    assert torch.equal(law.log_weights(hidden, is_visible), law.log_weights(tokens, is_visible))
    mask = torch.where(is_visible, tokens, 13)  # MASK itself, as samplers have it
    assert torch.equal(law.log_weights(mask, is_visible), law.log_weights(tokens, is_visible))


def test_next_tokens_have_probabilities_and_what_is_visible_none() -> None:
    tokens, is_visible = random_state(5, 0, rows=50)
    found = random_law().log_next(tokens, is_visible).exp()
    assert (found[is_visible] == 0).all()
    assert (found[~is_visible] > 0).all()
    torch.testing.assert_close(found.sum(dim=1), torch.ones(50))


def test_half_precision_is_not_for_the_law() -> None:
    tokens, is_visible = random_state(8, 0)
    plain = random_law().log_weights(tokens, is_visible)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(random_law().log_weights(tokens, is_visible), plain)


def test_a_law_that_was_sampled_from_can_be_trained() -> None:
    tokens, is_visible = random_state(11, 0)  # a size that no other test has
    with torch.inference_mode():
        random_law().log_weights(tokens, is_visible)
    law = random_law()
    law.log_weights(tokens, is_visible).sum().backward()
    assert law.order_weights.grad is not None


def test_every_weight_has_a_gradient() -> None:
    law = random_law()
    tokens, is_visible = random_state(6, 1, rows=200)
    log_next = law.log_next(tokens, is_visible)
    (log_next[~is_visible] ** 2).sum().backward()
    assert (law.order_weights.grad.abs() > 0).all()


def test_the_law_starts_room_by_room() -> None:
    law = OrderLaw().requires_grad_(False)
    # Rooms 0 and 1 with their edge, and room 2 whose edges to them are hidden.
    is_visible = torch.tensor([[1, 1, 1, 0, 1, 0, 0, 0, 0, 0]]).bool()
    chance = law.log_next(TOKENS, is_visible).exp()[0]
    assert float(chance[[5, 7]].sum()) > 0.98
    is_visible[0, [5, 7]] = True
    assert float(law.log_next(TOKENS, is_visible).exp()[0, 3]) > 0.9


@pytest.mark.parametrize(("length", "num_rooms"), [(1, 1), (3, 2), (36, 8), (105, 14), (528, 32)])
def test_rooms_of_a_number_of_tokens(length: int, num_rooms: int) -> None:
    assert num_rooms_of_length(length) == num_rooms


@pytest.mark.parametrize("length", [0, 2, 35, 37])
def test_no_diagram_has_so_many_tokens(length: int) -> None:
    with pytest.raises(ValueError, match=f"no diagram has {length} tokens"):
        num_rooms_of_length(length)
