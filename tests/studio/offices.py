"""A model of another vocabulary than RPLAN's, with random weights, made in milliseconds."""

from pathlib import Path

import torch
from tests.generation.checkpoints import MODEL, small_checkpoint

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.word_parts import Relation, RoomType, TouchRule
from bd_gen.diagrams.words import Words
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.training.checkpoint import Checkpoint, save_checkpoint

MOST_ROOMS = 12
OFFICES = Words(
    name="offices",
    room_types=(
        RoomType("Lobby", kind="hall", passage=True, at_most_one=True, area=900, colour="#DA683F"),
        RoomType("Office", kind="study", area=1200),
        RoomType("Meeting room", kind="living", area=1600),
        RoomType("Tea kitchen", kind="kitchen", area=500),
        RoomType("Toilet", kind="bathroom", area=400),
    ),
    relations=(Relation("door"), Relation("glass wall")),
    rule=TouchRule(wall=13),
    entries=("Lobby",),
    metres_per_pixel=0.1,
)
"""Relations are symmetric, and the rule knows of touching alone."""


def office_model() -> Checkpoint:
    """Random weights; most pairs of rooms are not joined, else hardly any diagram has a plan."""
    vocabulary = Vocabulary(MOST_ROOMS, OFFICES)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Denoiser(ModelConfig(**MODEL), vocabulary)
        torch.nn.init.normal_(model.head.weight, std=0.1)
        with torch.no_grad():
            model.head.bias[OFFICES.no_edge] += 1.0
    return small_checkpoint(
        model_state_dict=model.state_dict(),
        n_max=MOST_ROOMS,
        num_rooms_histogram=[0] * 3 + [1] * (MOST_ROOMS - 2),
        words=OFFICES,
    )


def saved_office_model(folder: Path) -> Path:
    """The same as a file."""
    path = folder / "offices.pt"
    save_checkpoint(path, office_model())
    return path
