"""What a file holds that can be drawn: plans, samples, or the model that draws them."""

import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from bd_gen.data.labels import RoomLabels
from bd_gen.data.plan_table import PlanTable
from bd_gen.data.plans import read_plans
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import diagrams_from_tokens, is_well_formed
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX, Vocabulary
from bd_gen.errors import InputError
from bd_gen.experiments.export import table_of
from bd_gen.layouts.exports.laid_out import LaidOut
from bd_gen.layouts.imports.graphml import read_graphml
from bd_gen.results.samples_file import read_samples
from bd_gen.results.torch_archive import TorchArchive

Kind = Literal["plans", "samples", "checkpoint", "graphml"]

_TORCH, _GZIP = (b"PK\x03\x04", b"\x80\x02"), b"\x1f\x8b"
_LARGEST_DESCRIPTION = 1 << 24  # bytes
_HEAD = 512  # bytes by which a file is told


@dataclass(frozen=True, eq=False)
class Source:
    """Diagrams of a file, in its order.

    Attributes:
        title: what the file calls itself.
        ids: (N,) numpy strings.
        tokens: (N, length) uint8 token rows.
        vocabulary: the layout of the rows.
        boxes: (N, n_max, 4) boxes of rooms where `has_boxes`.
        has_boxes: (N,) bool.
        notes: what the user should know, in sentences.
    """

    title: str
    ids: np.ndarray
    tokens: np.ndarray
    vocabulary: Vocabulary
    boxes: np.ndarray
    has_boxes: np.ndarray
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def is_diagram(self) -> np.ndarray:
        """(N,) bool: rows that are complete diagrams, and not ones with a MASK or a wrong token."""
        return is_well_formed(self.tokens, self.vocabulary)

    def diagram(self, row: int) -> Diagram:
        """A row as a diagram."""
        return diagrams_from_tokens(self.tokens[row : row + 1], self.vocabulary)[0]

    def boxes_of(self, row: int) -> np.ndarray | None:
        """(n, 4) the boxes of a row, or None if it has none."""
        if not self.has_boxes[row]:
            return None
        return self.boxes[row, : self.diagram(row).num_rooms].astype(np.float64)


def kind_of(path: str | Path) -> Kind:
    """What a file is, by its content and, for text, by its name.

    Raises:
        InputError: the file is missing or unreadable, or of no kind that can be drawn.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path}: expected a file, this is a folder")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    if head.startswith(_TORCH):
        return _torch_kind(path)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return "graphml"
    if head.startswith(_GZIP) or text.startswith((b"{", b"[")):
        return "plans"
    raise InputError(
        f"{path}: expected plans (JSON lines or JSON), samples (METHOD_samples.pt), a graph "
        "(GraphML) or a checkpoint"
    )


def _torch_kind(path: Path) -> Kind:
    try:
        with TorchArchive(path) as archive:
            keys = set(archive.value) if isinstance(archive.value, dict) else set()
    except InputError:
        # Samples are read by a stricter reader than checkpoints, which hold more kinds of values.
        if not _names_a_model(path):
            raise
        return "checkpoint"
    if "per_seed" in keys:
        return "samples"
    if "model_state_dict" in keys:
        return "checkpoint"
    raise InputError(f"{path}: expected samples or a checkpoint, this torch file is neither")


def _names_a_model(path: Path) -> bool:
    """Does the description in a torch file name the weights of a model?"""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith("/data.pkl")]
            with archive.open(names[0]) as file:
                return b"model_state_dict" in file.read(_LARGEST_DESCRIPTION)
    except (OSError, ValueError, IndexError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return False


@dataclass(frozen=True)
class ReadingOptions:
    """How to read.

    Attributes:
        labels: what foreign room labels of plans mean.
        skip_bad: leave out bad plans instead of refusing the file.
        progress: called as progress(bytes read, bytes of the file).
    """

    labels: RoomLabels | None = None
    skip_bad: bool = False
    progress: Callable[[int, int], None] | None = None


def read_source(path: str | Path, options: ReadingOptions | None = None) -> Source:
    """Read the diagrams of a file.

    Raises:
        InputError: the file cannot be read, or holds no diagrams.
    """
    kind = kind_of(path)
    if kind not in READERS:
        kinds = ", ".join(READERS)
        raise InputError(f"{path}: a {kind} file; diagrams are read from these: {kinds}")
    return READERS[kind](Path(path), options or ReadingOptions())


def _read_plans(path: Path, options: ReadingOptions) -> Source:
    vocabulary = Vocabulary(LARGEST_N_MAX)
    table = read_plans(path, vocabulary, options.labels, options.skip_bad, options.progress)
    return source_of(table, path.name)


def _read_graphml(path: Path, options: ReadingOptions) -> Source:  # noqa: ARG001
    graph = read_graphml(path)
    notes = () if graph.is_complete else ("rooms without an edge are taken for not joined",)
    table = table_of([LaidOut(graph.id, graph.diagram, graph.boxes)])
    return replace(source_of(table, path.name), notes=notes)


def _read_samples(path: Path, options: ReadingOptions) -> Source:  # noqa: ARG001
    samples = read_samples(path)
    tokens = np.concatenate([part.tokens for part in samples.per_seed.values()])
    ids = np.array([f"{s}-{k}" for s in samples.per_seed for k in range(samples.num_samples)])
    n_max = samples.vocabulary.n_max
    boxes = np.zeros((len(tokens), n_max, 4), np.float32)
    has_boxes = np.zeros(len(tokens), bool)
    title = f"Samples of {samples.method}"
    return Source(title, ids, tokens, samples.vocabulary, boxes, has_boxes)


def source_of(table: PlanTable, title: str) -> Source:
    """The plans of a table as something to draw."""
    return Source(
        title,
        table.ids,
        table.tokens,
        table.vocabulary,
        table.boxes,
        table.has_boxes,
        table.notes,
    )


READERS: dict[Kind, Callable[[Path, ReadingOptions], Source]] = {
    "plans": _read_plans,
    "samples": _read_samples,
    "graphml": _read_graphml,
}
"""Who reads a file of each kind; a new format is one entry here and its mark in `kind_of`."""
