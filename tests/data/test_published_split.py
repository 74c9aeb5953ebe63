import numpy as np
import pytest

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_dataset
from bd_gen.data.published_split import split_in_file_order, torch_permutation


@pytest.mark.parametrize("n", [0, 1, 2, 3, 17, 1000, 80_788])
@pytest.mark.parametrize("seed", [42, 0, 2**32 + 7, 2**63 - 1])
def test_it_is_the_permutation_of_torch(n: int, seed: int) -> None:
    torch = pytest.importorskip("torch")
    expected = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    assert torch_permutation(n, seed).tolist() == expected.tolist()


def test_first_places_without_torch() -> None:
    # torch.randperm(10, generator=torch.Generator().manual_seed(42)), torch 2.13
    assert torch_permutation(10, 42).tolist() == [2, 6, 1, 8, 4, 5, 0, 9, 3, 7]


def test_sizes_of_the_published_parts() -> None:
    split = split_in_file_order(80_788, 42)
    sizes = [len(part) for part in (split.train, split.validation, split.test)]
    assert sizes == [64_630, 8_078, 8_080]
    for n in range(1, 200):
        split = split_in_file_order(n, 42)
        assert (len(split.train), len(split.validation)) == (int(0.8 * n), int(0.1 * n))
        parts = np.concatenate([split.train, split.validation, split.test])
        assert sorted(parts.tolist()) == list(range(n))


def test_a_data_set_is_split_so() -> None:
    data = load_dataset(DataConfig(num_plans=300, split="published"))
    assert data.split.test.tolist() == sorted(torch_permutation(300, 42)[270:].tolist())
