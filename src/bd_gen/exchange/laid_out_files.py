"""Diagrams from any file that holds some: plans, samples of a method, GraphML."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from bd_gen.data.odd_plans import OddPlans
from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources.graphml.graphml import read_graphml
from bd_gen.data.sources.plans.plan_diagrams import each_plan, floor_plan_of
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.tokens import diagrams_from_tokens, is_well_formed
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX, Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.exchange.choosing import Choice, Row
from bd_gen.results.samples_file import Samples, read_samples
from bd_gen.system.errors import InputError
from bd_gen.system.files import check_file, check_pointer
from bd_gen.system.torch_archive import TorchArchive

Progress = Callable[[int, int], None]
Kind = Literal["plans", "samples", "checkpoint", "graphml"]

_TORCH, _GZIP = (b"PK\x03\x04", b"\x80\x02"), b"\x1f\x8b"
_HEAD = 512  # bytes by which a file is told
_BY_NAME: dict[str, Kind] = {
    ".jsonl": "plans",
    ".json": "plans",
    ".graphml": "graphml",
    ".xml": "graphml",
}


@dataclass(frozen=True)
class ReadingOptions:
    """How to read plans.

    Attributes:
        labels: what foreign room labels mean.
        skip_bad: leave out bad plans, also when counting places, instead of refusing the file.
        is_whole: check and count all plans, also those behind the last one that is taken.
        progress: called as progress(bytes read, bytes of the file).
        takes_joined: take diagrams with rooms that are joined without a direction, too.
        tells_of_relations: tell where relations are not those of the boxes; False for who looks
            for that in what it makes of the plans.
    """

    labels: RoomLabels | None = None
    skip_bad: bool = False
    is_whole: bool = False
    progress: Progress | None = None
    takes_joined: bool = False
    tells_of_relations: bool = True

    @property
    def words(self) -> Words:
        """What rooms and relations are called; RPLAN's words where nothing is said."""
        return RPLAN if self.labels is None else self.labels.words


class LaidOutFile(NamedTuple):
    """What was read of a file.

    Attributes:
        plans: the chosen diagrams, one at least.
        notes: what people should know.
        title: what the file calls itself.
        num_rows: rows that it holds, complete diagrams or not; of plans those that were looked at.
    """

    plans: list[LaidOut]
    notes: list[str]
    title: str
    num_rows: int


class _Rows(NamedTuple):
    """The rows of a file; `is_whole` where they are all in memory already.

    `notes` are asked for when the rows that are needed have been taken.
    """

    rows: Iterator[Row]
    title: str
    notes: Callable[[], Sequence[str]] = tuple
    is_whole: bool = True


def kind_of(path: str | Path) -> Kind:
    """What a file is, by its content; text that begins like none of these goes by its name.

    Raises:
        InputError: the file is missing or unreadable, or of no kind that is known.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path}: expected a file, this is a folder")
    try:
        check_file(path, "expected a file, got a pipe or a device")
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    check_pointer(path, head)
    if head.startswith(_TORCH):
        return _torch_kind(path)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return "graphml"
    if head.startswith(_GZIP) or text.startswith((b"{", b"[")):
        return "plans"
    # A damaged file still has its name; the reader of that kind says what is wrong with it.
    for ending, kind in _BY_NAME.items():
        if path.name.lower().endswith(ending) and b"\0" not in head:
            return kind
    raise InputError(
        f"{path}: expected plans (JSON lines or JSON), samples (METHOD_samples.pt), GraphML or a "
        "checkpoint"
    )


def _torch_kind(path: Path) -> Kind:
    with TorchArchive(path) as archive:
        keys = set(archive.value) if isinstance(archive.value, dict) else set()
    if "per_seed" in keys:
        return "samples"
    if "model_state_dict" in keys:
        return "checkpoint"
    raise InputError(f"{path}: expected samples or a checkpoint, this torch file is neither")


def read_laid_out(
    path: str | Path, choice: Choice | None = None, options: ReadingOptions | None = None
) -> LaidOutFile:
    """The chosen diagrams of a file; its content tells of what kind it is.

    Samples are called "seed-number". Rows of samples that are no complete diagrams are left out,
    and a note counts them.

    Raises:
        InputError: the file cannot be used, or what is asked for is not there.
    """
    path, choice = Path(path), choice or Choice()
    kind = kind_of(path)
    if kind not in READERS:
        kinds = ", ".join(READERS)
        raise InputError(f"{path}: a {kind} file; diagrams are read from these: {kinds}")
    source = READERS[kind](path, options or ReadingOptions())
    chosen = choice.of(source.rows, path, source.is_whole)
    if not chosen.plans:
        raise InputError(f"{path}: holds no complete diagram")
    notes = list(source.notes())
    if chosen.num_bad:
        notes.append(
            f"{chosen.num_bad:,} of {chosen.num_of_seed:,} samples are no complete diagrams and "
            "left out"
        )
    return LaidOutFile(chosen.plans, notes, source.title, chosen.num_rows)


def _read_plans(path: Path, options: ReadingOptions) -> _Rows:
    if not (options.is_whole or options.skip_bad):
        odd = OddPlans(counts_relations=options.tells_of_relations, words=options.words)
        plans = each_plan(path, options.labels, options.progress, options.takes_joined, odd)
        rows = (Row(plan.id, partial(LaidOut, *plan)) for plan in plans)
        return _Rows(rows, path.name, lambda: odd.notes, is_whole=False)
    vocabulary = Vocabulary(LARGEST_N_MAX, options.words)
    table = read_plans(
        path,
        vocabulary,
        options.labels,
        options.skip_bad,
        options.progress,
        options.takes_joined,
        keeps_shapes=True,
    )
    rows = (Row(str(name), partial(_of_table, table, k)) for k, name in enumerate(table.ids))
    return _Rows(rows, path.name, lambda: table.notes)


def _of_table(table: PlanTable, row: int) -> LaidOut:
    (diagram,) = diagrams_from_tokens(table.tokens[row : row + 1], table.vocabulary)
    boxes = table.boxes[row, : diagram.num_rooms] if table.has_boxes[row] else None
    name = str(table.ids[row])
    floor_plan = floor_plan_of(table.shapes.get(name), boxes, diagram)
    return LaidOut(name, diagram, boxes, table.joined.get(name, ()), floor_plan)


def _read_graphml(path: Path, options: ReadingOptions) -> _Rows:
    graph = read_graphml(path, options.labels)
    notes = [f"{path}: {note}" for note in graph.notes]
    if not graph.is_complete:
        notes.append(f"{path}: rooms without an edge are taken for not joined")
    if graph.joined and not options.takes_joined:
        i, j = graph.joined[0]
        raise InputError(
            f"{path}: rooms {i} and {j} are joined without a direction; draw, design and generate "
            "--given take such a diagram"
        )
    try:
        plan = LaidOut(graph.id, graph.diagram, graph.boxes, graph.joined)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    odd = OddPlans(counts_relations=options.tells_of_relations, words=options.words)
    odd.add(plan.boxes, plan.follows_from_boxes)
    rows = iter([Row(plan.id, lambda: plan)])
    return _Rows(rows, path.name, lambda: [*notes, *(f"{path}: {note}" for note in odd.notes)])


def _read_samples(path: Path, options: ReadingOptions) -> _Rows:  # noqa: ARG001
    samples = read_samples(path)
    return _Rows(_rows_of(samples), f"Samples of {samples.method}")


def _rows_of(samples: Samples) -> Iterator[Row]:
    for seed, part in samples.per_seed.items():
        good = is_well_formed(part.tokens, samples.vocabulary)
        for k in range(samples.num_samples):
            name = f"{seed}-{k}"
            yield Row(name, partial(_of_samples, samples, seed, k, name) if good[k] else None)


def _of_samples(samples: Samples, seed: int, k: int, name: str) -> LaidOut:
    tokens = samples.per_seed[seed].tokens[k : k + 1]
    return LaidOut(name, diagrams_from_tokens(tokens, samples.vocabulary)[0])


READERS: dict[Kind, Callable[[Path, ReadingOptions], _Rows]] = {
    "plans": _read_plans,
    "samples": _read_samples,
    "graphml": _read_graphml,
}
"""Who reads a file of each kind; a new format is one entry here and its mark in `kind_of`."""
