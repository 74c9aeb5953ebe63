"""Checkpoints with random weights for built-in data, so that their samples can be evaluated."""

from pathlib import Path
from typing import Any

import torch

from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.learned_rates import LearnedRates
from bd_gen.training.checkpoint import Checkpoint, save_checkpoint

DATA = {"source": "synthetic", "num_plans": 300, "split": "canonical"}
MODEL = {"width": 16, "layers": 1, "heads": 2, "mlp_ratio": 2, "time_conditioning": False}


def model_of_plans(
    path: Path, noise: str = "loglinear", is_learned: bool = False, seed: int = 0
) -> Path:
    """Write a checkpoint for `DATA`; returns its path."""
    dataset = load_dataset(DataConfig(**DATA))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Denoiser(ModelConfig(**MODEL), dataset.vocabulary)
        torch.nn.init.normal_(model.head.weight, std=0.5)
        rates = LearnedRates(dataset.vocabulary).state_dict() if is_learned else None
    config: dict[str, Any] = {
        "model": MODEL,
        "noise": "learned" if is_learned else noise,
        "data": DATA,
        "training": {},
    }
    checkpoint = Checkpoint(
        model_state_dict=model.state_dict(),
        config=config,
        n_max=dataset.vocabulary.n_max,
        step=3,
        num_rooms_histogram=[int(count) for count in dataset.num_rooms_histogram],
        data_fingerprint=dataset.fingerprint,
        rate_network_state_dict=rates,
        denoising={"denoise/val_elbo": 50.0},
    )
    save_checkpoint(path, checkpoint)
    return path
