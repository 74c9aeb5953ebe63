import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from bd_gen.training.muon import Muon, orthogonalized

SHAPES = [(6, 6), (24, 6), (6, 24), (6, 6)]


def matrices(seed: int = 0) -> list[nn.Parameter]:
    generator = torch.Generator().manual_seed(seed)
    return [nn.Parameter(torch.randn(shape, generator=generator)) for shape in SHAPES]


@given(rows=st.integers(1, 12), columns=st.integers(1, 12), seed=st.integers(0, 100))
def test_singular_values_end_near_one(rows: int, columns: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    u, _ = torch.linalg.qr(torch.randn(12, 12, generator=generator))
    v, _ = torch.linalg.qr(torch.randn(12, 12, generator=generator))
    size = min(rows, columns)
    values = torch.linspace(0.1, 1.0, size)
    matrix = u[:rows, :size] @ torch.diag(values) @ v[:size, :columns]
    if torch.linalg.svdvals(matrix).min() < 0.02:  # what is nearly singular needs more steps
        return
    found = torch.linalg.svdvals(orthogonalized(matrix[None])[0])
    assert float(found.min()) > 0.5
    assert float(found.max()) < 1.3


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="torch has Muon from 2.9 on")
def test_steps_are_those_of_torch() -> None:
    """In bfloat16, as torch has them: alike to its rounding, over steps with momentum and decay."""
    ours, theirs = matrices(), matrices()
    mine = Muon(ours, lr=0.02, weight_decay=0.1, products=torch.bfloat16)
    torchs = torch.optim.Muon(theirs, lr=0.02, weight_decay=0.1)
    generator = torch.Generator().manual_seed(1)
    for _ in range(5):
        for a, b in zip(ours, theirs, strict=True):
            a.grad = torch.randn(a.shape, generator=generator)
            b.grad = a.grad.clone()
        mine.step()
        torchs.step()
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=2e-3)  # five steps of 0.02 to 0.04


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="torch has Muon from 2.9 on")
def test_a_state_of_torchs_is_read() -> None:
    ours, theirs = matrices(), matrices()
    torchs = torch.optim.Muon(theirs, lr=0.03)
    for parameter in theirs:
        parameter.grad = torch.ones_like(parameter)
    torchs.step()
    mine = Muon(ours, lr=0.02)
    mine.load_state_dict(torchs.state_dict())
    assert mine.param_groups[0]["lr"] == 0.03
    for a, b in zip(ours, theirs, strict=True):
        assert torch.equal(mine.state[a]["momentum_buffer"], torchs.state[b]["momentum_buffer"])


def test_equal_shapes_are_taken_together_and_alone_alike() -> None:
    together, alone = matrices(), matrices()
    for a, b in zip(together, alone, strict=True):
        a.grad = torch.arange(a.numel(), dtype=torch.float32).view(a.shape).cos()
        b.grad = a.grad.clone()
    Muon(together, lr=0.1).step()
    for parameter in alone:
        Muon([parameter], lr=0.1).step()
    for a, b in zip(together, alone, strict=True):
        torch.testing.assert_close(a, b)


def test_what_has_no_gradient_stays() -> None:
    first, second = matrices()[:2]
    before = second.detach().clone()
    first.grad = torch.ones_like(first)
    Muon([first, second], lr=0.1).step()
    assert torch.equal(second.detach(), before)


def test_only_matrices_are_taken_and_no_closure() -> None:
    with pytest.raises(ValueError, match=r"takes matrices, got the shape \(3,\)"):
        Muon([nn.Parameter(torch.zeros(3))])
    with pytest.raises(ValueError, match="takes no closure"):
        Muon(matrices()).step(lambda: 0.0)
