import numpy as np
import pytest
import torch

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import Dataset, load_dataset, load_table
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.training.config import TrainingConfig
from bd_gen.training.supply import Renumbering, Supply, TrainingRows

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = str(tmp_path_factory.mktemp("cache"))
    return load_dataset(DataConfig(num_plans=300, cache_dir=folder))


def supply(plans: Dataset, renumber: bool = False, mirror: bool = False) -> Supply:
    rows = TrainingRows(plans.train, plans.train_reverse, plans.train_mirrored)
    config = TrainingConfig(batch_size=40, renumber=renumber, mirror=mirror)
    return Supply(rows, plans.vocabulary, config, 1, CPU)


def rows_of(supply: Supply, plans: Dataset, step: int) -> dict[int, np.ndarray]:
    generator = torch.Generator().manual_seed(step)
    return {g.num_rooms: g.tokens.numpy() for g in supply.groups(supply.draw(step, generator))}


def test_as_they_are_rows_are_the_plans(plans: Dataset) -> None:
    plain = supply(plans)
    for n, rows in rows_of(plain, plans, 3).items():
        real = plans.vocabulary.real_positions(n)
        known = {tuple(row) for row in plans.train[:, real].tolist()}
        assert all(tuple(row) in known for row in rows.tolist())


def test_mirrored_rows_are_the_plan_or_its_mirror_image(plans: Dataset) -> None:
    """Row by row beside the same batch without mirroring; both happen."""
    assert plans.train_mirrored is not None
    mirrored_of = {}
    for row, image in zip(plans.train.tolist(), plans.train_mirrored[0].tolist(), strict=True):
        mirrored_of.setdefault(tuple(row), set()).add(tuple(image))
    plain, either = supply(plans), supply(plans, mirror=True)
    changed = same = 0
    for step in range(8):
        as_is, found = rows_of(plain, plans, step), rows_of(either, plans, step)
        for n, rows in found.items():
            real = plans.vocabulary.real_positions(n)
            images = {
                tuple(np.array(row)[real]): {tuple(np.array(i)[real]) for i in some}
                for row, some in mirrored_of.items()
            }
            for row, original in zip(rows.tolist(), as_is[n].tolist(), strict=True):
                if row == original:
                    same += 1
                else:
                    assert tuple(row) in images[tuple(original)]
                    changed += 1
    assert 0.3 < changed / (changed + same) < 0.6  # some images equal their plan


def test_what_a_setting_needs_must_be_there(plans: Dataset) -> None:
    rows = TrainingRows(plans.train)
    with pytest.raises(ValueError, match="seen from the other room"):
        Supply(rows, plans.vocabulary, TrainingConfig(renumber=True), 1, CPU)
    with pytest.raises(ValueError, match="mirrored plans"):
        Supply(rows, plans.vocabulary, TrainingConfig(mirror=True), 1, CPU)


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
        Renumbering(n, torch.device("cpu"), Vocabulary().no_edge)(
            tokens, reverse, draws(tokens, n, seed)
        ),
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
    found = Renumbering(n, torch.device("cpu"), Vocabulary().no_edge)(
        tokens, reverse, draws(tokens, n, 0)
    )
    _, counts = np.unique(found[:, :3].numpy(), axis=0, return_counts=True)
    assert len(counts) == 6
    assert abs(counts - 1000).max() < 5 * 1000**0.5


def test_turned_edges_take_the_label_from_the_other_room() -> None:
    tokens, reverse = torch.tensor([[7, 9, 2]]), torch.tensor([[3]])  # not 9 - 2
    renumber = Renumbering(2, torch.device("cpu"), Vocabulary().no_edge)
    found = {
        tuple(renumber(tokens, reverse, draws(tokens, 2, seed))[0].tolist()) for seed in range(20)
    }
    assert found == {(7, 9, 2), (9, 7, 3)}


def test_a_single_room_stays() -> None:
    found = Renumbering(1, torch.device("cpu"), Vocabulary().no_edge)(
        torch.tensor([[5]]), torch.zeros((1, 0), dtype=torch.int64), torch.rand(1, 1)
    )
    assert found.tolist() == [[5]]
