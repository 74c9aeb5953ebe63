"""On what, and in which precision, the network runs."""

import time
from contextlib import AbstractContextManager
from functools import cache

import torch

from bd_gen.system.errors import InputError


def resolve_device(name: str) -> torch.device:
    """`auto` is CUDA if there is one, else the CPU.

    Raises:
        InputError: the name means nothing, or the device is not there.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise InputError(f"device: expected auto, cpu, cuda or cuda:N, got {name!r}") from None
    if device.type not in ("cpu", "cuda"):
        raise InputError(f"device: expected auto, cpu, cuda or cuda:N, got {name!r}")
    if device.type == "cuda":
        count = torch.cuda.device_count()
        if count == 0:
            raise InputError(f"device: {name} was asked for, but this machine offers no CUDA GPU")
        if device.index is not None and device.index >= count:
            raise InputError(f"device: {name} was asked for, but there are only {count} GPUs")
    return device


def resolve_precision(name: str, device: torch.device) -> str:
    """`auto` is bfloat16 on a GPU, and on a CPU whose bfloat16 products are clearly faster."""
    if name != "auto":
        return name
    if device.type == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    return "bfloat16" if _bfloat16_pays() else "float32"


@cache
def _bfloat16_pays() -> bool:
    """Are its products on this CPU clearly faster than those of float32?"""

    def gain(rows: int) -> float:
        return _product_seconds(torch.float32, rows) / _product_seconds(torch.bfloat16, rows)

    # Some take a hundred times as long: a small one says so before a large one costs seconds.
    return gain(128) > 1 and gain(2048) > 1.5


def _product_seconds(dtype: torch.dtype, rows: int) -> float:
    a, b = torch.ones(rows, 128, dtype=dtype), torch.ones(128, 512, dtype=dtype)
    a @ b
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        a @ b
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def autocast(precision: str, device: torch.device) -> AbstractContextManager[None]:
    """The context in which the network is called."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16")
