"""Diagrams of any generator as a samples file, so that it gets every metric, floor and table.

A file of plans, a GraphML file, a folder of GraphML files, or an array of token rows. Rows that are
no diagrams (MASK, illegal tokens) stay: they are measured as what they are.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bd_gen.data.cache import file_hash
from bd_gen.data.odd_plans import OddPlans
from bd_gen.data.sources.graphml.graphml import read_graphml
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.diagrams.laid_out import follows_from_boxes
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.tokens import num_rooms_of, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX, Vocabulary
from bd_gen.exchange.laid_out_files import kind_of
from bd_gen.results.samples_file import Samples, SeedSamples
from bd_gen.system.errors import InputError
from bd_gen.system.origin import origin
from bd_gen.system.stored_tensor import StoredTensor
from bd_gen.system.torch_archive import TorchArchive

ARRAYS = (".npy", ".npz", ".pt")
_GRAPHS = (".graphml", ".xml")
_LARGEST_ARRAY = 2**31  # bytes that a compressed array may unfold to

Progress = Callable[[int, int], None]


class ForeignDiagrams(NamedTuple):
    """Diagrams of a file of another program.

    Attributes:
        tokens: (N, length) uint8 token rows.
        vocabulary: their layout.
        notes: what people should know, in sentences.
        seeds: how many equal parts the file itself has, one a seed; 0 if it does not say.
    """

    tokens: np.ndarray
    vocabulary: Vocabulary
    notes: tuple[str, ...] = ()
    seeds: int = 0


def read_foreign(
    path: str | Path,
    n_max: int | None,
    labels: RoomLabels | None = None,
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> ForeignDiagrams:
    """Read the diagrams of a file or a folder.

    Args:
        path: plans (JSON lines or JSON, gzipped or not), GraphML, a folder of GraphML files, or an
            array of tokens: .npy, .npz with one array, or .pt with one tensor, (N, length) or
            (seeds, N, length) integers as samples files have them.
        n_max: most rooms of a diagram; None: as many as the largest has, or as rows are long.
        labels: what foreign room labels mean, in plans and graphs.
        skip_bad: leave out bad plans, and say how many.
        progress: told (done, total) of bytes or files.

    Raises:
        InputError: the file cannot be used; the message names it and what was expected.
    """
    labels = labels or RoomLabels()
    path, vocabulary = Path(path), Vocabulary(n_max or LARGEST_N_MAX, labels.words)
    if path.is_dir():
        return _graphs(path, _graph_files(path), vocabulary, labels, progress, n_max is None)
    if path.suffix.lower() in ARRAYS and not _is_samples(path):
        array = _array(path)
        fits = _num_rooms(array) if n_max is None else None
        return _token_rows(path, array, vocabulary.of_size(fits) if fits else vocabulary)
    kind = kind_of(path)
    if kind == "graphml":
        return _graphs(path, [path], vocabulary, labels, progress, n_max is None)
    if kind != "plans":
        raise InputError(f"{path}: a {kind} file; expected plans, GraphML, or an array of tokens")
    table = read_plans(path, vocabulary, labels, skip_bad, progress)
    if n_max is None:
        table = table.of_size(int(table.num_rooms.max()))
    return ForeignDiagrams(table.tokens, table.vocabulary, tuple(table.notes))


def samples_of(
    foreign: ForeignDiagrams,
    name: str,
    path: str | Path,
    seeds: int | None = None,
    data: dict[str, Any] | None = None,
    data_fingerprint: str | None = None,
) -> tuple[Samples, tuple[str, ...]]:
    """The diagrams as the samples of a method, and what people should know of that.

    Args:
        foreign: the diagrams.
        name: of the method.
        path: where they come from; its hash is recorded, for a file.
        seeds: equal parts to cut them into, one after another; None: as the file has them, else 1.
        data: fields of the `DataConfig` that they are to be measured against.
        data_fingerprint: of that data.

    Raises:
        InputError: there are fewer diagrams than seeds.
    """
    count = (foreign.seeds or 1) if seeds is None else seeds
    size, left = divmod(len(foreign.tokens), count)
    if not size:
        raise InputError(f"{path}: holds {len(foreign.tokens)} diagrams, too few for {count} seeds")
    notes = (f"left out at the end: {left:,}, as {count} seeds have {size:,} each",) if left else ()
    per_seed = {}
    for seed in range(count):
        tokens = foreign.tokens[seed * size : (seed + 1) * size]
        real = foreign.vocabulary.real_mask(num_rooms_of(tokens, foreign.vocabulary))
        per_seed[seed] = SeedSamples(tokens, real)
    source = {"file": Path(path).name}
    if Path(path).is_file():
        source["sha256"] = file_hash(Path(path))
    provenance: dict[str, Any] = {**origin(), "imported": source}
    if data is not None:
        provenance |= {"data": data, "data_fingerprint": data_fingerprint}
    rows = foreign.vocabulary
    samples = Samples(
        name, rows.n_max, tuple(range(count)), size, {}, provenance, per_seed, words=rows.words
    )
    return samples, notes


def _graph_files(folder: Path) -> list[Path]:
    found = sorted(file for file in folder.iterdir() if file.suffix.lower() in _GRAPHS)
    if not found:
        raise InputError(f"{folder}: holds no GraphML files (.graphml or .xml)")
    return found


def _graphs(
    path: Path,
    paths: list[Path],
    vocabulary: Vocabulary,
    labels: RoomLabels,
    progress: Progress | None,
    fits: bool,
) -> ForeignDiagrams:
    diagrams, odd, open_ended = [], OddPlans(words=vocabulary.words), 0
    notes: dict[str, None] = {}
    for done, file in enumerate(paths, start=1):
        graph = read_graphml(file, labels)
        if graph.joined:
            i, j = graph.joined[0]
            raise InputError(
                f"{file}: rooms {i} and {j} are joined without a direction; a sample needs a "
                "relation for each edge"
            )
        try:
            diagram = graph.diagram
        except InputError as error:
            raise InputError(f"{file}: {error}") from None
        if diagram.num_rooms > vocabulary.n_max:
            raise InputError(
                f"{file}: {diagram.num_rooms} rooms, expected at most {vocabulary.n_max} "
                f"[--n-max allows up to {LARGEST_N_MAX}]"
            )
        odd.add(graph.boxes, follows_from_boxes(diagram, graph.boxes))
        notes |= dict.fromkeys(f"{file}: {note}" for note in graph.notes)
        open_ended += not graph.is_complete
        diagrams.append(diagram)
        if progress is not None:
            progress(done, len(paths))
    if open_ended:
        notes[f"in {open_ended:,} graphs rooms without an edge are taken for not joined"] = None
    if fits:
        vocabulary = vocabulary.of_size(max(diagram.num_rooms for diagram in diagrams))
    tokens = tokens_from_diagrams(diagrams, vocabulary)
    return ForeignDiagrams(tokens, vocabulary, (*notes, *(f"{path}: {n}" for n in odd.notes)))


def _is_samples(path: Path) -> bool:
    """Is this a samples file or a checkpoint, rather than a tensor?"""
    if path.suffix.lower() != ".pt":
        return False
    with TorchArchive(path) as archive:
        return isinstance(archive.value, dict)


def _array(path: Path) -> np.ndarray:
    """The one array of a file, read without running anything."""
    if path.suffix.lower() == ".pt":
        with TorchArchive(path) as archive:
            if not isinstance(archive.value, StoredTensor):
                raise InputError(f"{path}: expected one tensor, got {type(archive.value).__name__}")
            return np.array(archive.array(archive.value))
    try:
        if path.suffix.lower() == ".npz":
            return _only_array(path)
        # Mapped, so that a header that claims more than the file has is refused.
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: not an array that numpy can read ({error})") from None


def _only_array(path: Path) -> np.ndarray:
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
        if size > _LARGEST_ARRAY:
            raise InputError(f"{path}: unfolds to {size:,} bytes, expected at most 2 GiB")
    with np.load(path, allow_pickle=False) as found:
        if len(found.files) != 1:
            names = ", ".join(found.files[:5]) or "none"
            raise InputError(f"{path}: expected one array, got {len(found.files)} ({names})")
        return np.asarray(found[found.files[0]])


def _num_rooms(array: np.ndarray) -> int | None:
    """Rooms of token rows that are as long as those of an array; None if none are."""
    sizes = range(1, LARGEST_N_MAX + 1)
    length = array.shape[-1] if array.ndim else 0
    return next((n for n in sizes if Vocabulary(n).length == length), None)


def _token_rows(path: Path, array: np.ndarray, vocabulary: Vocabulary) -> ForeignDiagrams:
    if array.dtype.kind not in "iu" or array.ndim not in (2, 3):
        raise InputError(
            f"{path}: expected integers of shape (N, {vocabulary.length}) or (seeds, N, "
            f"{vocabulary.length}), got {array.dtype} of shape {array.shape}"
        )
    if array.shape[-1] != vocabulary.length:
        fits = _num_rooms(array)
        hint = f"; rows of {fits} rooms are so long [--n-max {fits}]" if fits else ""
        raise InputError(
            f"{path}: expected rows of {vocabulary.length} tokens for {vocabulary.n_max} rooms, "
            f"got {array.shape[-1]}{hint}"
        )
    if array.size and (array.min() < 0 or array.max() > np.iinfo(np.uint8).max):
        raise InputError(
            f"{path}: expected tokens from 0 to 255, got {array.min()} to {array.max()}"
        )
    rows = array.reshape(-1, vocabulary.length).astype(np.uint8)
    if not len(rows):
        raise InputError(f"{path}: holds no token rows")
    return ForeignDiagrams(rows, vocabulary, (), array.shape[0] if array.ndim == 3 else 0)
