"""Training in several processes, one a GPU: who this one is and how gradients are summed.

Every process draws the whole batch and its masks and takes its own share of the diagrams, so that
their number changes nothing but the rounding of sums.
"""

import os
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Protocol

import torch
from torch import Tensor

from bd_gen.model.corruption import Corruption
from bd_gen.model.objective import CleanGroup
from bd_gen.system.errors import InputError


class Processes(Protocol):
    """The processes of a run."""

    @property
    def rank(self) -> int:
        """Number of this process; 0 writes the files."""

    @property
    def count(self) -> int:
        """How many there are."""

    def sum(self, values: Tensor) -> Tensor:
        """Sum of a tensor over all processes, the same in each."""

    def wait(self) -> None:
        """Return when all processes have come here."""


class Alone:
    """One process."""

    rank = 0
    count = 1

    def sum(self, values: Tensor) -> Tensor:
        """See `Processes`."""
        return values

    def wait(self) -> None:
        """See `Processes`."""


class FabricProcesses:
    """Processes that Lightning Fabric starts by running the same command again (its DDP).

    Args:
        device_type: "cuda" for a GPU each, "cpu".
        count: how many.

    Raises:
        InputError: Lightning Fabric is not installed, or there are fewer GPUs.
    """

    def __init__(self, device_type: str, count: int) -> None:
        try:
            from lightning_fabric import Fabric
        except ImportError:
            raise InputError(
                "training.devices: more than one needs Lightning Fabric: "
                "pip install 'bd-gen[multi]'"
            ) from None
        if device_type == "cuda" and torch.cuda.device_count() < count:
            raise InputError(
                f"training.devices={count}: there are only {torch.cuda.device_count()} GPUs"
            )
        self._fabric = Fabric(accelerator=device_type, devices=count, strategy="ddp")
        self._fabric.launch()

    @property
    def rank(self) -> int:
        """See `Processes`."""
        return int(self._fabric.global_rank)

    @property
    def count(self) -> int:
        """See `Processes`."""
        return int(self._fabric.world_size)

    @property
    def device(self) -> torch.device:
        """Where this process computes."""
        return self._fabric.device

    def sum(self, values: Tensor) -> Tensor:
        """See `Processes`."""
        total = self._fabric.all_reduce(values, reduce_op="sum")
        assert isinstance(total, Tensor)  # noqa: S101 - what went in
        return total

    def wait(self) -> None:
        """See `Processes`."""
        self._fabric.barrier()


def is_first_process() -> bool:
    """Whether this is the process that a user started, and not one that Fabric started for it."""
    return int(os.environ.get("LOCAL_RANK", "0")) == 0


def sum_gradients(processes: Processes, parameters: Iterable[Tensor], extra: Tensor) -> Tensor:
    """Replace every gradient by its sum over the processes, in one exchange.

    Args:
        processes: of the run.
        parameters: those of the model, in the same order everywhere. One without a gradient
            counts as 0.
        extra: (K,) further numbers to sum.

    Returns:
        (K,) sums of `extra`.
    """
    if processes.count == 1:
        return extra
    parameters = list(parameters)
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
    flat = torch.cat([extra.to(gradients[0]), *(g.reshape(-1) for g in gradients)])
    total = processes.sum(flat)
    sizes = [len(extra), *(g.numel() for g in gradients)]
    sums, *parts = total.split(sizes)
    for parameter, part in zip(parameters, parts, strict=True):
        parameter.grad = part.view_as(parameter).clone()
    return sums


def share_of(
    groups: list[CleanGroup], corruptions: list[Corruption], processes: Processes
) -> tuple[list[CleanGroup], list[Corruption]]:
    """Every count-th diagram of each group, with all its draws, from this process's rank on."""
    rank, count = processes.rank, processes.count
    if count == 1:
        return groups, corruptions
    pairs = [
        (group, corruption)
        for group, corruption in zip(groups, corruptions, strict=True)
        if len(group.tokens) > rank * group.draws
    ]

    def part(values: Tensor, draws: int) -> Tensor:
        # All draws of one diagram belong together.
        return values.unflatten(0, (-1, draws))[rank::count].flatten(0, 1)

    return (
        [replace(group, tokens=part(group.tokens, group.draws)) for group, _ in pairs],
        [
            replace(
                corruption,
                **{
                    field.name: part(value, group.draws)
                    for field in fields(corruption)
                    if (value := getattr(corruption, field.name)) is not None
                },
            )
            for group, corruption in pairs
        ],
    )
