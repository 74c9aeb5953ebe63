import numpy as np
import pytest
import torch

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import Dataset, load_dataset
from bd_gen.training.config import TrainingConfig
from bd_gen.training.supply import Supply, TrainingRows

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
