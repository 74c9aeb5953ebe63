"""What `--given FILE` may be: a partial diagram as JSON, a plan of a file of plans, or GraphML."""

import re
from collections.abc import Callable
from pathlib import Path

from bd_gen.data.odd_plans import OddPlans
from bd_gen.data.sources.graphml.graphml import read_graphml
from bd_gen.data.sources.plans.plan_diagrams import NamedDiagram, each_plan
from bd_gen.data.sources.plans.plan_texts import is_one_object
from bd_gen.diagrams.folded import normal_text
from bd_gen.diagrams.laid_out import follows_from_boxes
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.words import Words
from bd_gen.sampling.condition_reader import read_condition
from bd_gen.sampling.conditions import Condition
from bd_gen.system.errors import InputError

_PLANS = re.compile(r"\.jsonl(\.gz)?\Z|\.json\.gz\Z", re.IGNORECASE)
_GRAPHML = re.compile(r"\.(graphml|xml)\Z", re.IGNORECASE)
_HEAD = 512  # bytes by which a file is told


def read_given(
    path: str | Path,
    absent_edges: str | None = None,
    labels: RoomLabels | None = None,
    tell: Callable[[str], object] | None = None,
) -> Condition:
    """Read a condition, whatever the name of its file.

    XML: what the graph says. One JSON object that is not called `.jsonl`: what `read_condition`
    reads. Several, a list, a gzipped file or `.jsonl`: the only plan, or the one of `FILE#ID`.

    Args:
        path: the file.
        absent_edges: what rooms without a relation in the file are: "none" (not joined) or
            "drawn"; None: not joined in a plan and in a graph that says `complete`, else drawn.
        labels: what foreign room labels mean.
        tell: told, in sentences, what the file says that is not understood or looks odd.

    Raises:
        InputError: the file cannot be used, or is of several plans and none is named.
    """
    file, plan_id = _split(str(path))
    words = (labels or RoomLabels()).words
    odd, notes = OddPlans(words=words), tuple[str, ...]()
    if _is_xml(file):
        if plan_id is not None:
            raise InputError(f"{path}: a GraphML file holds one diagram; expected no #ID")
        graph = read_graphml(file, labels)
        is_complete = graph.is_complete
        condition = _condition(file, graph.room_types, graph.relations, graph.joined, words)
        notes = graph.notes
        is_known = None not in graph.room_types
        odd.add(graph.boxes, not is_known or follows_from_boxes(graph.diagram, graph.boxes))
    elif plan_id is not None or _are_plans(file):
        plan = _plan(file, plan_id, labels)
        odd.add(plan.boxes, follows_from_boxes(plan.diagram, plan.boxes))
        is_complete = True
        diagram = plan.diagram
        condition = _condition(file, diagram.room_types, diagram.edges, plan.joined, words)
    else:
        is_complete = False
        condition = read_condition(file, labels, odd)
    if tell is not None:
        for note in (*notes, *odd.notes):
            tell(f"{file}: {note}")
    if absent_edges is not None:
        is_complete = absent_edges == "none"
    return condition.with_absent_edges() if is_complete else condition


def read_named_plan(path: str | Path, labels: RoomLabels | None = None) -> NamedDiagram:
    """The only plan of a file of plans, or the one of `FILE#ID`, with its boxes.

    Raises:
        InputError: the file cannot be used, or is of several plans and none is named.
    """
    return _plan(*_split(str(path)), labels)


def _is_xml(file: Path) -> bool:
    head = _head(file)
    return head.startswith(b"<") or (not head and bool(_GRAPHML.search(file.name)))


def _are_plans(file: Path) -> bool:
    """Is this a file of plans, rather than one diagram of which a part may be known?"""
    head = _head(file)
    if _PLANS.search(file.name) or head.startswith((b"[", b"\x1f\x8b")):
        return True
    return head.startswith(b"{") and not is_one_object(file)


def _head(file: Path) -> bytes:
    """How the file begins; nothing if it cannot be read, which its reader will say."""
    try:
        if not file.is_file():
            return b""
        with file.open("rb") as opened:
            return opened.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError:
        return b""


def _condition(
    path: Path,
    types: tuple[int | None, ...],
    relations: tuple[tuple[int, int, int], ...],
    joined: tuple[tuple[int, int], ...],
    words: Words,
) -> Condition:
    try:
        return Condition(types, relations, joined, words)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _split(path: str) -> tuple[Path, str | None]:
    """The file and the id behind its name, if there is one; either may hold a # of its own."""
    if Path(path).exists():
        return Path(path), None
    marks = [k for k, letter in enumerate(path) if letter == "#"]
    for mark in marks:
        if Path(path[:mark]).is_file():
            return Path(path[:mark]), path[mark + 1 :]
    return Path(path.partition("#")[0]), path.partition("#")[2] if marks else None


def _plan(path: Path, plan_id: str | None, labels: RoomLabels | None) -> NamedDiagram:
    plans = each_plan(path, labels, takes_joined=True)
    if plan_id is not None:
        for plan in plans:
            if normal_text(plan.id) == normal_text(plan_id):
                return plan
        raise InputError(f"{path}: there is no plan with id {plan_id[:80]!r}")
    first = next(plans)  # an empty file is an error of its own
    if next(plans, None) is not None:
        raise InputError(f"{path}: holds several plans; name one, {path}#{first.id} for instance")
    return first
