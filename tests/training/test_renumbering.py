"""Renumbered diagrams are the same plans: checked against the rule on renumbered boxes."""

import numpy as np
import pytest
import torch

from bd_gen.data.dataset import DataConfig, load_table
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.training.renumbering import Renumbering

N_MAX = 5


@pytest.fixture(scope="module")
def table():
    return load_table(DataConfig(num_plans=400, n_max=N_MAX))


def renumbered(table, n: int, seed: int):
    rows = np.flatnonzero(table.num_rooms == n)
    real = table.vocabulary.real_positions(n)
    tokens = torch.from_numpy(table.tokens[rows][:, real].astype(np.int64))
    pairs = real[n:] - table.vocabulary.n_max
    reverse = torch.from_numpy(table.reverse_relations[rows][:, pairs].astype(np.int64))
    return (
        rows,
        tokens,
        Renumbering(n, torch.device("cpu"))(tokens, reverse, draws(tokens, n, seed)),
    )


def draws(tokens: torch.Tensor, n: int, seed: int) -> torch.Tensor:
    return torch.rand(len(tokens), n, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("n", [4, 5])
def test_every_row_is_a_plan_with_its_rooms_in_some_order(table, n: int) -> None:
    from itertools import permutations

    rows, _, found = renumbered(table, n, seed=1)
    orders = list(permutations(range(n)))
    for k, row in zip(rows[:20], found[:20].numpy(), strict=True):
        possible = set()
        for order in orders:
            boxes = np.zeros((1, N_MAX, 4), np.float32)
            boxes[0, :n] = table.boxes[k][list(order)]
            types = table.room_types[k][list(order)]
            relations = relations_from_boxes(boxes, np.array([n]), table.vocabulary)[0]
            pairs = table.vocabulary.real_positions(n)[n:] - N_MAX
            possible.add((*types.tolist(), *relations[pairs].tolist()))
        assert tuple(row.tolist()) in possible


def test_all_orders_occur_equally_often() -> None:
    n = 3
    tokens = torch.tensor([[0, 1, 2, 10, 10, 10]]).repeat(6000, 1)
    reverse = torch.full((6000, 3), 10)
    found = Renumbering(n, torch.device("cpu"))(tokens, reverse, draws(tokens, n, 0))
    _, counts = np.unique(found[:, :3].numpy(), axis=0, return_counts=True)
    assert len(counts) == 6
    assert abs(counts - 1000).max() < 5 * 1000**0.5


def test_turned_edges_take_the_label_from_the_other_room() -> None:
    tokens, reverse = torch.tensor([[7, 9, 2]]), torch.tensor([[3]])  # not 9 - 2
    renumber = Renumbering(2, torch.device("cpu"))
    found = {
        tuple(renumber(tokens, reverse, draws(tokens, 2, seed))[0].tolist()) for seed in range(20)
    }
    assert found == {(7, 9, 2), (9, 7, 3)}


def test_a_single_room_stays() -> None:
    found = Renumbering(1, torch.device("cpu"))(
        torch.tensor([[5]]), torch.zeros((1, 0), dtype=torch.int64), torch.rand(1, 1)
    )
    assert found.tolist() == [[5]]
