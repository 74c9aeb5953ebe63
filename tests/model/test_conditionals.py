"""Means of models and mirror images: against brute force and against mirrored diagrams."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from bd_gen.diagrams.relations import mirror_relations
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.any_order import any_order_nats, nats_of_models
from bd_gen.model.conditionals import (
    DenoiserConditionals,
    MirroredConditionals,
    PartlyRevealed,
)
from bd_gen.model.order_laws import ORDER_LAWS, reveal_ranks
from bd_gen.model.process import FixedProcess
from bd_gen.model.schedules import schedule_named

LINEAR = schedule_named("linear")
PROCESS = FixedProcess(LINEAR)
Maker = Callable[..., Any]


def test_the_mean_of_models_against_brute_force(
    make_tokens: Maker, make_small_model: Maker, probability_table: Callable[..., np.ndarray]
) -> None:
    row = make_tokens([3], 3)
    tokens = np.repeat(row, 30, axis=0)
    denoisers = [
        make_small_model(3, seed=1, scale=1.0),
        make_small_model(3, True, seed=2, scale=1.0),
    ]
    models = [DenoiserConditionals(denoisers[0]), DenoiserConditionals(denoisers[1], PROCESS)]
    found = nats_of_models(models, tokens, "rooms", with_mean=True, seed=4)
    alone = [any_order_nats(d, tokens, PROCESS, seed=4, law="rooms") for d in denoisers]
    for k in range(2):
        np.testing.assert_allclose(found[k].per_order, alone[k].per_order, rtol=1e-12)
    state = torch.from_numpy(row[0].astype(np.int64))
    tables = [probability_table(denoiser, state, 3, LINEAR) for denoiser in denoisers]
    mean = np.log((np.exp(tables[0]) + np.exp(tables[1])) / 2)
    ranks = reveal_ranks(ORDER_LAWS["rooms"], 3, np.zeros((30, 6), bool), 4, 0)
    for copy, order in enumerate(ranks.argsort(axis=1).tolist()):
        hidden, expected = 63, 0.0
        for place in order:
            expected -= mean[hidden, place]
            hidden ^= 1 << place
        # Times are rounded to float32 in two ways.
        assert found[2].per_diagram[copy] == pytest.approx(expected, rel=1e-5)


def test_a_mirrored_model_knows_mirrored_diagrams(
    make_tokens: Maker, make_small_model: Maker
) -> None:
    tokens = make_tokens([4, 2, 4, 3, 1], 4)
    mirrored = tokens.copy()
    mirrored[:, 4:] = mirror_relations(tokens[:, 4:])
    assert not np.array_equal(mirrored, tokens)
    model = DenoiserConditionals(make_small_model(4, scale=1.0))
    plain = nats_of_models([model], tokens, num_orders=2)[0]
    other = nats_of_models([MirroredConditionals(model)], mirrored, num_orders=2)[0]
    np.testing.assert_allclose(other.per_order, plain.per_order, rtol=1e-12)
    unlike = nats_of_models([MirroredConditionals(model)], tokens, num_orders=2)[0]
    assert not np.allclose(unlike.per_order, plain.per_order)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1]])
def test_a_mirrored_model_gives_probabilities(make_small_model: Maker, order: list[int]) -> None:
    """Over all diagrams of two rooms they sum to 1 along an order."""
    values = np.meshgrid(range(13), range(13), range(11), indexing="ij")
    rows = torch.from_numpy(np.stack([part.ravel() for part in values], axis=1))
    model = MirroredConditionals(DenoiserConditionals(make_small_model(2, scale=1.0)))
    hidden = torch.from_numpy(Vocabulary(2).mask_row.astype(np.int64)).repeat(len(rows), 1)
    total = torch.zeros(len(rows), dtype=torch.float64)
    for step, place in enumerate(order):
        visible, at = torch.full((len(rows),), step), torch.full((len(rows),), place)
        with torch.no_grad():
            found = model(PartlyRevealed(2, hidden, visible, at))
        total += found.gather(1, rows[:, [place]])[:, 0]
        hidden[:, place] = rows[:, place]
    assert float(total.exp().sum()) == pytest.approx(1.0)
