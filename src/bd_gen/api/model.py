"""A trained model: diagrams drawn from it, and what it knows of others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal
from warnings import warn

import numpy as np

from bd_gen.api.diagram import Diagram, as_diagram, as_diagrams, rows_of, types_of
from bd_gen.data.config import DataConfig
from bd_gen.data.odd_plans import OddPlans
from bd_gen.diagrams import diagram as plain
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.exchange.given import read_given
from bd_gen.generation.in_memory import sampler_for
from bd_gen.generation.job import MOST_SAMPLES
from bd_gen.generation.only_realizable import tokens_in
from bd_gen.generation.provenance import recorded_data
from bd_gen.generation.shards import Shard, draw_shard
from bd_gen.model.any_order import any_order_nats
from bd_gen.model.device import resolve_device
from bd_gen.sampling.condition_reader import condition_from_plain
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.method import Method
from bd_gen.sampling.settings import usual_method
from bd_gen.system.errors import InputError
from bd_gen.system.files import expanded
from bd_gen.training.bundled import BUNDLED, checkpoint_file
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint

_LARGEST_SEED = 2**64 - 1

Given = plain.Diagram | Mapping[str, Any] | str | Path
Progress = Callable[[int, int], None]


def load(path: str | Path = BUNDLED, device: str = "auto") -> "Model":
    """A model from its checkpoint; nothing in the file is executed.

    Args:
        path: the file; "bundled" is the one that comes with the package, "bundled-geometry" its
            model of boxes.
        device: where it computes: `auto`, `cpu`, `cuda`, ...

    Raises:
        InputError: the file or the device cannot be used.
    """
    resolve_device(device)
    return Model(load_checkpoint(checkpoint_file(expanded(path))), device)


class Model:
    """A trained model.

    Attributes:
        checkpoint: its weights and settings.
        device: where it computes.
    """

    def __init__(self, checkpoint: Checkpoint, device: str = "auto") -> None:
        self.checkpoint, self.device = checkpoint, device

    def __repr__(self) -> str:
        kind = "boxes of diagrams of " if self.checkpoint.draws_boxes else ""
        return (
            f"Model({self.checkpoint.source}: {kind}up to {self.vocabulary.n_max} rooms, "
            f"{self.checkpoint.step:,} steps, noise {self.checkpoint.noise})"
        )

    @property
    def vocabulary(self) -> Vocabulary:
        """The layout of the token rows that it knows."""
        return self.checkpoint.vocabulary

    @property
    def data(self) -> DataConfig:
        """The data that it was trained on, as it says itself."""
        return recorded_data(self.checkpoint)

    def sample(
        self,
        n: int,
        method: str | Method | None = None,
        *,
        rooms: str | Iterable[str | int] | None = None,
        given: Given | None = None,
        absent_edges: Literal["drawn", "none"] | None = None,
        num_rooms: int | None = None,
        seed: int = 0,
        steps: int | None = None,
        batch_size: int = 512,
        progress: Progress | None = None,
    ) -> list[Diagram]:
        """Draw diagrams: samples 0, 1, ... of a seed, the same that `bd-gen generate` draws.

        Args:
            n: how many.
            method: name of a method (`bd-gen methods`); by default that of `bd-gen generate`.
            rooms: rooms of every diagram: "LivingRoom, 2 Bathroom", or names.
            given: what every diagram keeps: a diagram, {"rooms": [...], "relations": [...]} with
                null for unknown rooms, or a file with one.
            absent_edges: rooms whose relation is not given are "drawn", or "none": not joined. By
                default not joined in a diagram and in a complete graph or plan, else drawn.
            num_rooms: rooms of every diagram, if more than are given.
            seed: 0..2^64-1.
            steps: of a method that has any; 100 by default.
            batch_size: diagrams at a time; no influence on what is drawn.
            progress: told (done, n) after every batch.

        Raises:
            InputError: a value out of range, an unknown method, room or relation, or parts that
                contradict one another or that this model cannot have.
        """
        _check("n", n, 1, MOST_SAMPLES)
        _check("seed", seed, 0, _LARGEST_SEED)
        _check("batch_size", batch_size, 1, MOST_SAMPLES)
        condition = _condition(self.checkpoint.words, rooms, given, absent_edges, num_rooms)
        sampler = sampler_for(self.checkpoint, self._method(method, steps), condition, self.device)
        parts = []
        for start in range(0, n, batch_size):
            shard = Shard(seed, start, min(start + batch_size, n))
            parts.append(tokens_in(draw_shard(sampler, shard, batch_size).rows, self._width))
            if progress is not None:
                progress(shard.last, n)
        return [as_diagram(d) for d in diagrams_from_tokens(np.concatenate(parts), self.vocabulary)]

    def sample_boxes(
        self,
        diagrams: Any,
        seed: int = 0,
        *,
        draws: int = 1,
        given: Mapping[int, Sequence[float]] | None = None,
        method: str | Method | None = None,
    ) -> list[np.ndarray]:
        """Draw boxes for the rooms of diagrams, from a model of boxes.

        They are draws of p(boxes | diagram): relations hold mostly, not always. `bd_gen.solve` and
        `bd-gen design` find the nearest layout in which all hold.

        Args:
            diagrams: one or several, of sizes that the model knows.
            seed: 0..2^64-1. Draw k of diagram i depends on the seed, i, k and `draws` alone.
            draws: how many of each diagram.
            given: boxes that are kept, by number of the room, in pixels of a plan that lies in the
                middle of the canvas; of rooms that every diagram has.
            method: name of a method (`bd-gen methods`); by default that of `bd-gen generate`.

        Returns:
            (draws, n, 4) float64 boxes (x0, y0, x1, y1) of each diagram, in pixels of a 256-pixel
            plan, y downwards.

        Raises:
            InputError: this is a model of diagrams; a value out of range; a diagram of another
                size, or no box.
        """
        from bd_gen.generation.geometry import draw_boxes

        _check("draws", draws, 1, MOST_SAMPLES)
        _check("seed", seed, 0, _LARGEST_SEED)
        found = draw_boxes(
            self.checkpoint,
            as_diagrams(diagrams, "sample_boxes"),
            seed,
            draws,
            given,
            self._method(method, None),
            self.device,
        )
        return [drawn.boxes for drawn in found]

    def nats(
        self,
        diagrams: Any,
        *,
        orders: int = 1,
        seed: int = 0,
        batch_size: int = 512,
        progress: Progress | None = None,
    ) -> np.ndarray:
        """(N,) nats of each diagram given its number of rooms: an upper bound on -log p.

        As `bd-gen likelihood` measures it: tokens are revealed one a call along fixed random
        orders, and the mean over orders bounds -log p of the sampler in random order.

        Args:
            diagrams: one or several.
            orders: drawn for every diagram; an order depends on the seed and on the place of the
                diagram among those of its size.
            seed: of the orders.
            batch_size: diagrams a call.
            progress: told (done, total).

        Raises:
            InputError: a number out of range, a diagram that is too large, or a model whose
                forward process has no time for tokens revealed one by one.
        """
        for name, value in (("orders", orders), ("batch_size", batch_size)):
            _check(name, value, 1, MOST_SAMPLES)
        _check("seed", seed, 0, _LARGEST_SEED)
        self.checkpoint.check_draws(boxes=False)
        rows = rows_of(as_diagrams(diagrams, "nats"), self.vocabulary)
        process = self.checkpoint.process
        denoiser = self.checkpoint.denoiser(resolve_device(self.device))
        try:
            found = any_order_nats(denoiser, rows, process, orders, seed, batch_size, progress)
        except ValueError as error:
            raise InputError(f"{self.checkpoint.source}: {error}") from None
        return found.per_diagram

    @property
    def _width(self) -> int:
        return self.vocabulary.length

    def _method(self, method: str | Method | None, steps: int | None) -> Method:
        try:
            if method is None:
                method = usual_method()
            elif isinstance(method, str):
                method = Method.from_name(method)
            elif not isinstance(method, Method):
                raise ValueError(f"expected the name of one, got {type(method).__name__}")
            # Learned processes have method names of their own, which nobody need know here.
            is_learned = method.is_learned or self.checkpoint.is_learned
            steps = method.steps if steps is None else steps
            return replace(method, is_learned=is_learned, steps=steps)
        except (TypeError, ValueError) as error:
            raise InputError(f"method: {error}") from None


def _condition(
    words: Words,
    rooms: str | Iterable[str | int] | None,
    given: Given | None,
    absent_edges: str | None,
    num_rooms: int | None,
) -> Condition | None:
    if absent_edges not in (None, "drawn", "none"):
        raise InputError(f"absent_edges: expected 'drawn' or 'none', got {absent_edges!r:.40}")
    if rooms is not None and given is not None:
        raise InputError("rooms and given: give one of the two")
    if given is None and absent_edges is not None:
        raise InputError("absent_edges: goes with given")
    if rooms is not None:
        condition = Condition(tuple(types_of(rooms, words)), words=words)
    elif given is not None:
        condition = _given(given, absent_edges, words)
    elif num_rooms is not None:
        raise InputError("num_rooms: goes with given or rooms")
    else:
        return None
    return condition if num_rooms is None else condition.with_rooms(num_rooms)


def _given(given: Given, absent_edges: str | None, words: Words) -> Condition:
    labels = RoomLabels(words=words)
    if isinstance(given, str | Path):
        return read_given(given, absent_edges, labels, _warn)
    if isinstance(given, Mapping):
        try:
            odd = OddPlans(words=words)
            condition, is_complete = condition_from_plain(_as_json(given), labels, odd), False
        except InputError as error:
            raise InputError(f"given: {str(error).removeprefix('given: ')}") from None
        for note in odd.notes:
            _warn(f"given: {note}")
    else:
        diagram = as_diagram(given, "given")
        condition = Condition(diagram.room_types, diagram.edges, words=diagram.words)
        is_complete = True
    if absent_edges is not None:
        is_complete = absent_edges == "none"
    return condition.with_absent_edges() if is_complete else condition


def _warn(note: str) -> None:
    warn(note, stacklevel=5)


def _as_json(value: Any) -> Any:
    """Lists where Python has tuples."""
    if isinstance(value, Mapping):
        return {key: _as_json(part) for key, part in value.items()}
    return [_as_json(part) for part in value] if isinstance(value, list | tuple) else value


def _check(name: str, value: object, low: int, high: int) -> None:
    is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_whole or not low <= value <= high:  # type: ignore[operator]
        raise InputError(f"{name}: expected a whole number in {low}..{high}, got {value!r:.40}")
