from collections.abc import Iterator

import pytest
import torch

from bd_gen.model import device as device_module
from bd_gen.model.device import autocast, resolve_device, resolve_precision
from bd_gen.system.errors import InputError

CPU = torch.device("cpu")


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)


@pytest.mark.usefixtures("no_gpu")
def test_without_a_gpu_auto_is_the_cpu() -> None:
    assert resolve_device("auto") == CPU
    assert resolve_device("cpu") == CPU


@pytest.mark.usefixtures("two_gpus")
def test_with_a_gpu_auto_is_the_gpu() -> None:
    assert resolve_device("auto").type == "cuda"
    assert resolve_device("cpu") == CPU
    assert resolve_device("cuda:1") == torch.device("cuda:1")


@pytest.mark.parametrize("name", ["", "gpu", "CUDA", "cuda:x", "cuda:-1", "meta", "mps", "xla:0"])
def test_a_name_that_means_nothing_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(InputError, match="expected auto, cpu, cuda or cuda:N") as caught:
        resolve_device(name)
    assert repr(name) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize("name", ["cuda", "cuda:0"])
def test_a_gpu_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"{name} was asked for, but this machine offers no"):
        resolve_device(name)


@pytest.mark.usefixtures("two_gpus")
def test_a_gpu_beyond_the_last_is_refused() -> None:
    with pytest.raises(InputError, match="cuda:2 was asked for, but there are only 2 GPUs"):
        resolve_device("cuda:2")


@pytest.mark.parametrize("name", ["float32", "bfloat16"])
def test_a_named_precision_is_taken(name: str) -> None:
    assert resolve_precision(name, CPU) == name


@pytest.fixture
def unmeasured() -> Iterator[None]:
    """As in a process that has not yet asked how fast this CPU is."""
    device_module._bfloat16_pays.cache_clear()
    yield
    device_module._bfloat16_pays.cache_clear()


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize(
    ("ratio", "expected", "sizes"),
    [(0.5, "bfloat16", [128, 2048]), (0.9, "float32", [128, 2048]), (99, "float32", [128])],
)
def test_on_a_cpu_bfloat16_must_be_clearly_faster(
    monkeypatch: pytest.MonkeyPatch, ratio: float, expected: str, sizes: list[int]
) -> None:
    measured = []

    def seconds(dtype: torch.dtype, rows: int) -> float:
        if dtype == torch.bfloat16:
            measured.append(rows)
        return ratio if dtype == torch.bfloat16 else 1.0

    monkeypatch.setattr(device_module, "_product_seconds", seconds)
    assert resolve_precision("auto", CPU) == expected
    assert resolve_precision("auto", CPU) == expected
    assert measured == sizes  # once, and no large product where a small one takes long


@pytest.mark.usefixtures("unmeasured")
def test_the_speed_of_this_cpu_can_be_measured() -> None:
    assert resolve_precision("auto", CPU) in ("float32", "bfloat16")


@pytest.mark.parametrize(("supported", "expected"), [(True, "bfloat16"), (False, "float32")])
def test_on_a_gpu_bfloat16_is_taken_if_it_is_supported(
    monkeypatch: pytest.MonkeyPatch, supported: bool, expected: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: supported)
    assert resolve_precision("auto", torch.device("cuda")) == expected


@pytest.mark.parametrize(
    ("precision", "dtype"), [("float32", torch.float32), ("bfloat16", torch.bfloat16)]
)
def test_products_run_in_the_chosen_precision(precision: str, dtype: torch.dtype) -> None:
    with autocast(precision, CPU):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == dtype
