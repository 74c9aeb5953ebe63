"""The split of the published reference system, without torch."""

import numpy as np

from bd_gen.data.splits import Split


def split_in_file_order(num_plans: int, seed: int) -> Split:
    """The split `published`: `torch.randperm` over the plans in the order of their file.

    The first 80 % (rounded down) of the permutation are training, the next 10 % (rounded down)
    validation, the rest test. Nothing keeps identical plans together. Of the 80,788 plans of
    RPLAN, 64,630 are for training.

    Args:
        num_plans: N.
        seed: as given to `torch.Generator().manual_seed`; the published one is 42.
    """
    order = torch_permutation(num_plans, seed)
    num_train, num_validation = num_plans * 8 // 10, num_plans // 10
    cuts = (num_train, num_train + num_validation)
    train, validation, test = (np.sort(part) for part in np.split(order, cuts))
    return Split(train, validation, test)


def torch_permutation(n: int, seed: int) -> np.ndarray:
    """(n,) int64: `torch.randperm(n, generator=torch.Generator().manual_seed(seed))` on the CPU.

    Torch takes the 32-bit numbers of the Mersenne Twister (Matsumoto and Nishimura 1998), seeded
    with the seed's lower 32 bits, and swaps place i with place i + number % (n - i), i ascending.
    Above 2^32 / 20 places it takes 64-bit numbers, which is not done here; files hold fewer plans.
    """
    twister = np.random.RandomState(seed & 0xFFFFFFFF)
    numbers = twister.randint(0, 1 << 32, size=max(n - 1, 0), dtype=np.uint32)
    order = list(range(n))
    for i, number in enumerate(numbers.tolist()):
        j = i + number % (n - i)
        order[i], order[j] = order[j], order[i]
    return np.array(order, np.int64)
