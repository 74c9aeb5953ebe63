"""From a checkpoint to diagrams in memory."""

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.generation.only_realizable import LayoutJudge, check_solver
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.device import resolve_device
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.grid import visibility_of
from bd_gen.sampling.method import Method
from bd_gen.sampling.rejection import RejectionSampler
from bd_gen.sampling.sampler import Sampler
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint


def draw(
    checkpoint: Checkpoint,
    method: Method,
    num_samples: int,
    seed: int = 0,
    condition: Condition | None = None,
    device: str = "auto",
) -> list[Diagram]:
    """Draw diagrams in memory: samples 0, 1, ... of a seed, as `generate` draws them.

    Args:
        checkpoint: what `load_checkpoint` read.
        method: how to sample.
        num_samples: how many.
        seed: 0..2^64-1.
        condition: what every diagram keeps.
        device: `auto`, `cpu`, `cuda`, ...

    Raises:
        InputError: the checkpoint, the condition or the device cannot be used.
    """
    sampler = sampler_for(checkpoint, method, condition, device)
    return diagrams_from_tokens(sampler.sample(seed, range(num_samples)), checkpoint.vocabulary)


def sampler_for(
    checkpoint: Checkpoint,
    method: Method,
    condition: Condition | None = None,
    device_name: str = "auto",
    takes_smaller: bool = False,
    denoiser: Denoiser | None = None,
) -> Sampler:
    """The sampler of a checkpoint.

    With `takes_smaller` a condition may have fewer rooms than the diagrams that the model was
    trained on. `denoiser` is the checkpoint's on that device, where it is loaded already.

    Raises:
        InputError: as `check_fit` and `check_solver`, or the device is not there.
    """
    device = resolve_device(device_name)
    smaller = condition is not None and is_smaller(checkpoint, condition.num_rooms)
    if not (takes_smaller and smaller):
        check_fit(checkpoint, method, condition)
    check_solver(method)
    arguments = (
        denoiser or checkpoint.denoiser(device),
        checkpoint.vocabulary,
        visibility_of(checkpoint.process),
        checkpoint.num_rooms_histogram,
        method,
        device,
        None if condition is None else condition.row(checkpoint.vocabulary),
        None if condition is None else condition.allowed(checkpoint.vocabulary),
    )
    if method.only_realizable:
        return RejectionSampler(*arguments, judge=LayoutJudge(checkpoint.vocabulary))
    return Sampler(*arguments)


def check_fit(checkpoint: Checkpoint, method: Method, condition: Condition | None) -> None:
    """Make sure that a method and a condition are for this checkpoint.

    Raises:
        InputError: method and checkpoint do not fit each other, the model is one of boxes, or it
            never saw diagrams of the condition's size.
    """
    checkpoint.check_draws(boxes=False)
    if method.is_learned != checkpoint.is_learned:
        has = "a learned" if checkpoint.is_learned else "no learned"
        raise InputError(f"{method.name}: {checkpoint.source} has {has} forward process")
    if condition is None:
        return
    if not _knows(checkpoint, condition.num_rooms):
        sizes = [n for n, count in enumerate(checkpoint.num_rooms_histogram) if count]
        raise InputError(
            f"given: {condition.num_rooms} rooms, but {checkpoint.source} was trained on diagrams "
            f"of {sizes[0]} to {sizes[-1]} rooms"
        )
    condition.row(checkpoint.vocabulary)


def is_smaller(checkpoint: Checkpoint, num_rooms: int) -> bool:
    """Has a diagram fewer rooms than any that the model was trained on?"""
    sizes = [n for n, count in enumerate(checkpoint.num_rooms_histogram) if count]
    return bool(sizes) and num_rooms < sizes[0]


def _knows(checkpoint: Checkpoint, num_rooms: int) -> bool:
    histogram = checkpoint.num_rooms_histogram
    return num_rooms < len(histogram) and histogram[num_rooms] > 0
