import pytest
import torch
from torch.nn import functional as F  # noqa: N812 - the name that everybody uses

from bd_gen.model.config import ModelConfig
from bd_gen.model.packing import Group, PackedBatch
from bd_gen.model.transformer import Attention, Block

CONFIG = ModelConfig(width=8, layers=1, heads=2)
WITH_TIME = ModelConfig(width=8, layers=1, heads=2, time_conditioning=True)


def batch_of(groups: tuple[Group, ...], key_mask: torch.Tensor | None = None) -> PackedBatch:
    size = sum(group.count * group.length for group in groups)
    return PackedBatch(torch.zeros(size), torch.zeros(size), groups, key_mask)


@pytest.mark.parametrize("with_mask", [False, True])
def test_attention_is_the_fused_kernels(with_mask: bool) -> None:
    """The products written out for the CPU against torch's own scaled dot product."""
    torch.manual_seed(0)
    attention = Attention(CONFIG).double()
    x = torch.randn(3 * 5, 8, dtype=torch.float64)
    keys = None
    if with_mask:
        keys = torch.rand(3, 5) < 0.6
        keys[:, 0] = True
    mixed = attention.mix(x, batch_of((Group(3, 5),), None if keys is None else keys.reshape(-1)))
    q, k, v = (
        part(x).view(3, 5, 2, 4).transpose(1, 2)
        for part in (attention.query, attention.key, attention.value)
    )
    visible = None if keys is None else keys[:, None, None, :]
    expected = F.scaled_dot_product_attention(q, k, v, attn_mask=visible)
    torch.testing.assert_close(mixed, expected.transpose(1, 2).reshape(15, 8))


def test_attention_stays_inside_a_diagram() -> None:
    torch.manual_seed(0)
    attention = Attention(CONFIG).double()
    batch = batch_of((Group(2, 3), Group(1, 4)))
    x = torch.randn(10, 8, dtype=torch.float64)
    before = attention.mix(x, batch)
    changed = x.clone()
    changed[3:6] += 1.0  # the second diagram
    after = attention.mix(changed, batch)
    torch.testing.assert_close(after[:3], before[:3], rtol=0, atol=0)
    torch.testing.assert_close(after[6:], before[6:], rtol=0, atol=0)
    assert (after[3:6] - before[3:6]).abs().min() > 1e-6


def test_a_block_with_time_starts_as_the_identity() -> None:
    """adaLN-Zero: all gates are zero, whatever the time."""
    torch.manual_seed(0)
    block = Block(WITH_TIME)
    batch = batch_of((Group(2, 3),))
    x = torch.randn(6, 8)
    torch.testing.assert_close(block(x, batch, torch.randn(2, 8)), x, rtol=0, atol=0)


def test_a_block_without_time_does_something_from_the_start() -> None:
    torch.manual_seed(0)
    x = torch.randn(6, 8)
    assert (Block(CONFIG)(x, batch_of((Group(2, 3),)), None) - x).abs().max() > 0.01


def test_a_block_with_time_refuses_to_go_without() -> None:
    with pytest.raises(ValueError, match="needs a time for every diagram"):
        Block(WITH_TIME)(torch.randn(6, 8), batch_of((Group(2, 3),)), None)


@pytest.mark.parametrize("config", [CONFIG, WITH_TIME])
def test_a_block_gives_chosen_tokens_as_it_gives_all(config: ModelConfig) -> None:
    torch.manual_seed(0)
    block = Block(config).double()
    if block.modulation is not None:
        torch.nn.init.normal_(block.modulation.weight)
    batch = batch_of((Group(2, 3), Group(1, 4)))
    x, condition = torch.randn(10, 8).double(), torch.randn(3, 8).double()
    at = torch.tensor([9, 0, 4, 4])
    torch.testing.assert_close(
        block(x, batch, condition, at), block(x, batch, condition)[at], rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize("config", [CONFIG, WITH_TIME])
def test_gradients_of_a_block_are_right(config: ModelConfig) -> None:
    torch.manual_seed(0)
    block = Block(config).double()
    if block.modulation is not None:
        torch.nn.init.normal_(block.modulation.weight, std=0.3)
    keys = torch.tensor([True, True, False, True, True, True])
    batch = batch_of((Group(2, 3),), keys)
    condition = torch.randn(2, 8).double()
    x = torch.randn(6, 8, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: block(x, batch, condition), (x,))


@pytest.mark.parametrize("activation", ["gelu", "relu2", "swiglu"])
def test_activations_by_hand(activation: str) -> None:
    torch.manual_seed(0)
    config = ModelConfig(width=6, layers=1, heads=2, activation=activation)
    mlp = Block(config).double().mlp
    x = torch.randn(5, 6, dtype=torch.float64)
    inner, outer = mlp[0], mlp[2]
    hidden = inner(x)
    if activation == "gelu":
        assert hidden.shape == (5, 24)
        expected = F.gelu(hidden, approximate="tanh")
    elif activation == "relu2":
        expected = hidden.clamp(min=0) ** 2
    else:
        assert hidden.shape == (5, 32)  # two thirds of 24, twice
        expected = hidden[:, :16] * hidden[:, :16].sigmoid() * hidden[:, 16:]
    torch.testing.assert_close(mlp(x), outer(expected))


def test_gates_start_at_one_and_scale_whole_heads() -> None:
    torch.manual_seed(0)
    gated = Attention(ModelConfig(width=8, layers=1, heads=2, head_gates=True)).double()
    plain = Attention(CONFIG).double()
    plain.load_state_dict({k: v for k, v in gated.state_dict().items() if "gate" not in k})
    x, batch = torch.randn(6, 8, dtype=torch.float64), batch_of((Group(2, 3),))
    torch.testing.assert_close(gated.mix(x, batch), plain.mix(x, batch))
    assert gated.gate is not None
    with torch.no_grad():
        gated.gate.bias.copy_(torch.tensor([50.0, -50.0]))
    found, expected = gated.mix(x, batch), plain.mix(x, batch)
    torch.testing.assert_close(found[:, :4], 2 * expected[:, :4])
    torch.testing.assert_close(found[:, 4:], torch.zeros(6, 4, dtype=torch.float64))
