import pytest
import torch
from tests.rplan import NODE_VOCABULARY_SIZE

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.embeddings import RowEmbedding, TimeEmbedding
from bd_gen.model.packing import Group, PackedBatch, SoftMask


@pytest.mark.parametrize("n_max", [1, 3, 8])
def test_a_place_is_a_room_or_an_ordered_pair_of_rooms(n_max: int) -> None:
    torch.manual_seed(0)
    vocabulary = Vocabulary(n_max)
    embedding = RowEmbedding(vocabulary, 6)
    places = embedding.places()
    assert places.shape == (vocabulary.length, 6)
    for i in range(n_max):
        node = embedding.node_index.weight[i] + embedding.kind.weight[0]
        torch.testing.assert_close(places[i], node)
        for j in range(i + 1, n_max):
            edge = (
                embedding.first_room.weight[i]
                + embedding.second_room.weight[j]
                + embedding.kind.weight[1]
            )
            torch.testing.assert_close(places[n_max + vocabulary.edge_index(i, j)], edge)


def test_all_places_differ() -> None:
    torch.manual_seed(0)
    places = RowEmbedding(Vocabulary(8), 16).places()
    distances = torch.cdist(places, places) + torch.eye(36)
    assert distances.min() > 0.1


def test_nodes_and_edges_have_tables_of_their_own() -> None:
    torch.manual_seed(0)
    embedding = RowEmbedding(Vocabulary(3), 4)
    tokens = torch.tensor([5, 5 + NODE_VOCABULARY_SIZE])
    node, edge = embedding(PackedBatch(tokens, torch.tensor([0, 0]), (Group(1, 2),)))
    assert not torch.allclose(node, edge)
    torch.testing.assert_close(node, embedding.token.weight[5] + embedding.places()[0])


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_a_soft_mask_mixes_a_token_with_mask(share: float) -> None:
    torch.manual_seed(0)
    embedding = RowEmbedding(Vocabulary(3), 4)
    clean, mask, place = torch.tensor([5]), torch.tensor([13]), torch.tensor([1])
    groups = (Group(1, 1),)
    soft_mask = SoftMask(mask, torch.tensor([share]))
    mixed = embedding(PackedBatch(clean, place, groups, soft_mask=soft_mask))
    ends = [embedding(PackedBatch(tokens, place, groups)) for tokens in (clean, mask)]
    torch.testing.assert_close(mixed, (1 - share) * ends[0] + share * ends[1])


def test_times_are_told_apart_over_the_whole_range() -> None:
    torch.manual_seed(0)
    embedding = TimeEmbedding(8)
    times = torch.linspace(0, 1, 101)
    out = embedding(times)
    assert out.shape == (101, 8)
    assert torch.isfinite(out).all()
    distances = torch.cdist(out, out) + torch.eye(101)
    assert distances.min() > 1e-4


def test_positions_of_edges_are_not_part_of_the_weights() -> None:
    """They follow from n_max, so a checkpoint need not hold them."""
    assert set(RowEmbedding(Vocabulary(3), 4).state_dict()) == {
        f"{name}.weight" for name in ("token", "node_index", "first_room", "second_room", "kind")
    }
