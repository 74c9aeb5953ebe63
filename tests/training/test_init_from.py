"""Runs that start from the weights of others."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from bd_gen.data.dataset import Dataset
from bd_gen.diagrams.tokens import diagrams_from_tokens, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint
from bd_gen.training.run import train
from bd_gen.training.run_config import FINAL, RunConfig

RunMaker = Callable[..., RunConfig]


def weights_at_the_start(run: RunConfig, dataset: Dataset) -> dict[str, torch.Tensor]:
    found = {}

    def on_start(trainer: object) -> None:
        state = trainer.model.denoiser.state_dict()  # type: ignore[attr-defined]
        found.update({name: weight.clone() for name, weight in state.items()})

    train(run, dataset, on_start)
    return found


def test_a_run_starts_from_the_averaged_weights(
    whole_run: Path, make_run: RunMaker, dataset: Dataset
) -> None:
    source = whole_run / FINAL
    run = replace(make_run("tuned", seed=5, learning_rate=1e-3), init_from=source)
    found = weights_at_the_start(run, dataset)
    for name, weight in load_checkpoint(source).model_state_dict.items():
        assert torch.equal(found[name], weight), name
    final = load_checkpoint(run.directory / FINAL)
    assert final.step == run.training.steps
    assert len(final.config["init_from"]) == 64


def test_the_same_run_goes_on_and_another_one_does_not(
    whole_run: Path, make_run: RunMaker, dataset: Dataset
) -> None:
    run = replace(make_run("tuned"), init_from=whole_run / FINAL)
    final = train(run, dataset)
    before = final.read_bytes()
    assert train(run, dataset) == final
    assert final.read_bytes() == before
    with pytest.raises(InputError, match=r"was started from other weights than run\.init_from"):
        train(replace(run, init_from=None), dataset)


def test_larger_diagrams_keep_what_is_known_of_the_first_rooms(
    whole_run: Path, make_run: RunMaker, dataset: Dataset
) -> None:
    larger = Vocabulary(6)
    rows = tokens_from_diagrams(diagrams_from_tokens(dataset.tokens, dataset.vocabulary), larger)
    grown = Dataset(larger, rows, dataset.split, "larger")
    run = replace(make_run("grown"), init_from=whole_run / FINAL)
    run = replace(run, data=replace(run.data, n_max=6))
    notes: list[str] = []
    train(run, grown, on_note=notes.append)
    assert [note.partition(": ")[2] for note in notes] == [
        "the numbers of the last 2 rooms are learned anew"
    ]


def test_a_model_of_another_size_is_refused(
    whole_run: Path, make_run: RunMaker, dataset: Dataset
) -> None:
    run = replace(make_run("wide"), init_from=whole_run / FINAL)
    wider = replace(run, model=ModelConfig(16, layers=1, heads=2, time_conditioning=False))
    with pytest.raises(InputError, match=r"run\.init_from: a model of another size \("):
        train(wider, dataset)
    deeper = replace(run, model=ModelConfig(8, layers=2, heads=2, time_conditioning=False))
    with pytest.raises(InputError, match=r"run\.init_from: a model of another kind \(blocks\.1"):
        train(deeper, dataset)
