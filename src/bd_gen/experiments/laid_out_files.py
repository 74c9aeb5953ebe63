"""Diagrams from any file that holds some: plans, samples of a method, GraphML."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bd_gen.data.labels import RoomLabels
from bd_gen.data.plan_diagrams import each_plan
from bd_gen.data.problems import printable
from bd_gen.diagrams.tokens import diagrams_from_tokens, is_well_formed
from bd_gen.errors import InputError
from bd_gen.layouts.exports.laid_out import LaidOut
from bd_gen.layouts.imports.graphml import read_graphml
from bd_gen.results.samples_file import read_samples

_GRAPHML = re.compile(r"\.(graphml|xml)\Z", re.IGNORECASE)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Choice:
    """Which diagrams of a file to take; all of them if nothing is said.

    Attributes:
        ids: those with these ids.
        indices: and those at these places, counted from 0.
        limit: at most so many, in the order of the file.

    Raises:
        InputError: a negative index, or a limit below 1.
    """

    ids: tuple[str, ...] = ()
    indices: tuple[int, ...] = ()
    limit: int | None = None

    def __post_init__(self) -> None:
        if any(index < 0 for index in self.indices):
            raise InputError("--index: counts from 0")
        if self.limit is not None and self.limit < 1:
            raise InputError("--limit: expected at least 1")

    def of(self, plans: Iterable[LaidOut], path: Path) -> list[LaidOut]:
        """The chosen ones; no more is read than has to be.

        Raises:
            InputError: an id or index that is not there.
        """
        ids, indices = set(self.ids), set(self.indices)
        is_named = bool(ids or indices)
        chosen: list[LaidOut] = []
        for k, plan in enumerate(plans):
            if not is_named or plan.id in ids or k in indices:
                chosen.append(plan)
                ids.discard(plan.id)
            indices.discard(k)
            if len(chosen) == self.limit or (is_named and not ids and not indices):
                return chosen
        if ids:
            raise InputError(f"{path}: there is no diagram with id {printable(min(ids))!r}")
        if indices:
            raise InputError(f"{path}: there is no diagram {min(indices)}, counted from 0")
        return chosen


def read_laid_out(
    path: str | Path,
    choice: Choice | None = None,
    labels: RoomLabels | None = None,
    progress: Progress | None = None,
) -> tuple[list[LaidOut], list[str]]:
    """The chosen diagrams of a file, and notes for people.

    A name in `.pt` is a samples file (ids are "seed-number"), in `.graphml` or `.xml` a graph,
    anything else plans.

    Raises:
        InputError: the file cannot be used, or what is asked for is not there.
    """
    path, choice = Path(path), choice or Choice()
    notes: list[str] = []
    if path.suffix == ".pt":
        plans = choice.of(_of_samples(path, notes), path)
    elif _GRAPHML.search(path.name):
        plans = choice.of(_of_graphml(path, notes), path)
    else:
        named = (LaidOut(*plan) for plan in each_plan(path, labels, progress))
        plans = choice.of(named, path)
    if not plans:
        raise InputError(f"{path}: there is no diagram to export")
    return plans, notes


def _of_graphml(path: Path, notes: list[str]) -> Iterator[LaidOut]:
    graph = read_graphml(path)
    if not graph.is_complete:
        notes.append(f"{path}: rooms without an edge are taken for not joined")
    try:
        yield LaidOut(graph.id, graph.diagram, graph.boxes)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _of_samples(path: Path, notes: list[str]) -> Iterator[LaidOut]:
    samples = read_samples(path)
    tokens = np.concatenate([part.tokens for part in samples.per_seed.values()])
    ids = [f"{s}-{k}" for s in samples.per_seed for k in range(samples.num_samples)]
    good = is_well_formed(tokens, samples.vocabulary)
    if not good.all():
        notes.append(f"{int((~good).sum()):,} of {len(good):,} samples are no complete diagrams")
    for k in np.flatnonzero(good).tolist():
        (diagram,) = diagrams_from_tokens(tokens[k : k + 1], samples.vocabulary)
        yield LaidOut(ids[k], diagram)
