"""Checkpoints for tests: small, with random weights, made in milliseconds."""

from pathlib import Path
from typing import Any

import pytest
import torch

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.learned_rates import LearnedRates
from bd_gen.sampling.sampler import Sampler
from bd_gen.training.checkpoint import Checkpoint, save_checkpoint

N_MAX = 4
HISTOGRAM = [0, 1, 3, 5, 2]
MODEL = {"width": 16, "layers": 1, "heads": 2, "mlp_ratio": 2, "time_conditioning": False}
DATA = {"source": "synthetic", "n_max": N_MAX, "num_plans": 50, "split": "canonical"}
DENOISING = {"denoise/acc_node@t=0.5": 0.25, "denoise/val_elbo": 12.5}


def small_checkpoint(
    seed: int = 0, noise: str = "loglinear", is_learned: bool = False, **fields: Any
) -> Checkpoint:
    """A checkpoint of diagrams of up to four rooms; `fields` replace its own."""
    vocabulary = Vocabulary(N_MAX)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Denoiser(ModelConfig(**MODEL), vocabulary)
        torch.nn.init.normal_(model.head.weight, std=0.5)
        rates = LearnedRates(vocabulary).state_dict() if is_learned else None
    settings: dict[str, Any] = {
        "model_state_dict": model.state_dict(),
        "config": {
            "model": MODEL,
            "noise": "learned" if is_learned else noise,
            "data": DATA,
            "training": {},
        },
        "n_max": N_MAX,
        "step": 7,
        "num_rooms_histogram": HISTOGRAM,
        "data_fingerprint": "0123456789abcdef",
        "rate_network_state_dict": rates,
        "denoising": DENOISING,
    }
    return Checkpoint(**{**settings, **fields})


def saved(folder: Path, name: str = "checkpoint.pt", **settings: Any) -> Path:
    """The same as a file."""
    path = folder / name
    save_checkpoint(path, small_checkpoint(**settings))
    return path


def files_in(folder: Path) -> list[str]:
    """Names of all files below a folder."""
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


class Counted:
    """Counts the diagrams that the sampler draws from now on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.drawn = 0
        original = Sampler.sample

        def sample(sampler, seed, samples, *rest):
            self.drawn += len(samples)
            return original(sampler, seed, samples, *rest)

        monkeypatch.setattr(Sampler, "sample", sample)
