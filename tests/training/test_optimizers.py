from dataclasses import replace

import pytest
import torch

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.training.config import TrainingConfig
from bd_gen.training.optimizers import make_optimizers, scale_rates
from bd_gen.training.trained import Trained

MODEL = ModelConfig(width=16, layers=2, heads=2)


def names_by_optimizer(model: torch.nn.Module, config: TrainingConfig) -> list[set[str]]:
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    return [
        {names[id(p)] for group in optimizer.param_groups for p in group["params"]}
        for optimizer in make_optimizers(model, config)
    ]


def test_adamw_takes_everything() -> None:
    model = Trained(MODEL, Vocabulary(4), "loglinear")
    (taken,) = names_by_optimizer(model, TrainingConfig())
    assert taken == {name for name, _ in model.named_parameters()}


@pytest.mark.parametrize("noise", ["loglinear", "learned", "learned_rates"])
def test_muon_takes_the_matrices_of_the_blocks(noise: str) -> None:
    model = Trained(MODEL, Vocabulary(4), noise)
    adamw, muon, *law = names_by_optimizer(model, TrainingConfig(optimizer="muon"))
    assert law == ([{"law.order_weights"}] if noise == "learned" else [])
    assert adamw | muon | set().union(*law) == {name for name, _ in model.named_parameters()}
    assert not adamw & muon
    assert not any(".order_weights" in name for name in adamw | muon)
    assert len(muon) == 2 * 6  # query, key, value, out and the MLP of each block
    assert all(".blocks." in name and name.endswith("weight") for name in muon)
    assert "denoiser.embedding.token.weight" in adamw
    assert "denoiser.head.weight" in adamw


def test_a_law_over_orders_has_a_rate_of_its_own_and_no_decay() -> None:
    config = TrainingConfig(order_learning_rate=0.02, weight_decay=0.3)
    law = make_optimizers(Trained(MODEL, Vocabulary(4), "learned"), config)[-1]
    assert isinstance(law, torch.optim.Adam)
    assert [group["lr"] for group in law.param_groups] == [0.02]
    assert [group["weight_decay"] for group in law.param_groups] == [0.0]


def test_rates_are_scaled_from_their_full_values() -> None:
    config = TrainingConfig(optimizer="muon", learning_rate=1e-3, muon_learning_rate=0.02)
    optimizers = make_optimizers(Trained(MODEL, Vocabulary(4), "loglinear"), config)
    for factor in (0.5, 0.1):  # not one after the other
        scale_rates(optimizers, factor)
        rates = [group["lr"] for o in optimizers for group in o.param_groups]
        assert rates == pytest.approx([1e-3 * factor, 0.02 * factor])


def test_groups_have_the_rates_that_are_asked_for() -> None:
    config = TrainingConfig(
        optimizer="muon",
        learning_rate=1e-3,
        embedding_learning_rate=3e-3,
        head_learning_rate=2e-4,
        weight_decay=0.01,
        muon_weight_decay=0.1,
    )
    model = Trained(MODEL, Vocabulary(4), "loglinear")
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    adamw, muon = make_optimizers(model, config)
    rates = {names[id(p)]: group["lr"] for group in adamw.param_groups for p in group["params"]}
    assert rates["denoiser.embedding.token.weight"] == 3e-3
    assert rates["denoiser.head.weight"] == rates["denoiser.head.bias"] == 2e-4
    assert rates["denoiser.norm.weight"] == 1e-3
    assert [group["weight_decay"] for group in adamw.param_groups] == [0.01] * 3
    assert muon.param_groups[0]["weight_decay"] == 0.1


def test_gates_of_heads_are_no_matrices_for_muon() -> None:
    model = Trained(replace(MODEL, head_gates=True), Vocabulary(4), "loglinear")
    adamw, muon = names_by_optimizer(model, TrainingConfig(optimizer="muon"))
    assert {name for name in adamw if ".gate." in name} == {
        f"denoiser.blocks.{k}.attention.gate.{part}" for k in (0, 1) for part in ("weight", "bias")
    }
    assert not any(".gate." in name for name in muon)
