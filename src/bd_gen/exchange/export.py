"""Diagrams as files for other programs: plans, tables, graphs, CAD drawings, pictures."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources.plans.plans_writer import write_plans
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut
from bd_gen.diagrams.tokens import edge_tokens, node_tokens, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.exchange.exports.dxf import write_dxf
from bd_gen.exchange.exports.graphml import write_graphml
from bd_gen.exchange.exports.rooms_csv import write_rooms_csv
from bd_gen.exchange.laid_out_files import read_laid_out
from bd_gen.system.errors import InputError

MANY_IN_A_FILE = ("jsonl", "jsonl.gz", "json", "csv", "svg", "png", "pdf")
ONE_IN_A_FILE = ("graphml", "dxf")
FORMATS = (*MANY_IN_A_FILE, *ONE_IN_A_FILE)

MOST_IN_A_PICTURE = 400

_LONGEST_NAME = 100  # bytes
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{k}" for port in ("com", "lpt") for k in range(10))]
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Target:
    """Where an export goes, and in which format.

    Attributes:
        path: a file, or with `{id}` in it a file for each diagram.
        format: one of FORMATS.
    """

    path: Path
    format: str

    @property
    def is_each(self) -> bool:
        """Does every diagram get a file of its own?"""
        return "{id}" in self.path.name

    def paths(self, plans: Sequence[LaidOut]) -> list[Path]:
        """The files that these diagrams go to.

        Raises:
            InputError: several diagrams, and a format that holds one.
        """
        if self.is_each:
            names = file_names(plan.id for plan in plans)
            return [self.path.with_name(self.path.name.replace("{id}", name)) for name in names]
        if len(plans) > 1 and self.format in ONE_IN_A_FILE:
            raise InputError(
                f"{self.path}: {self.format} holds one diagram, here are {len(plans):,}; "
                f"give a name with {{id}} in it or a folder, or choose one"
            )
        return [self.path]


def export_target(out: str | Path, format_name: str | None = None) -> Target:
    """What a path to export to means.

    Args:
        out: a file; a name with `{id}` in it, for a file each; or a folder, for `{id}.FORMAT`.
        format_name: one of FORMATS; by default the ending of the name.

    Raises:
        InputError: no or an unknown format, or `{id}` in the name of a folder.
    """
    path = Path(out)
    if format_name is not None and format_name not in FORMATS:
        raise InputError(f"format {format_name!r}: expected one of {', '.join(FORMATS)}")
    if any("{id}" in part for part in path.parts[:-1]):
        raise InputError(f"{path}: {{id}} goes into the name of the file, not of a folder")
    by_name = next((f for f in sorted(FORMATS, key=len) if _ends_in(path, f)), None)
    if path.is_dir() or str(out).endswith("/") or (by_name is None and not path.suffix):
        if format_name is None:
            raise InputError(f"{path}: is a folder; say which format [--format]")
        return Target(path / f"{{id}}.{format_name}", format_name)
    if format_name is None and by_name is None:
        raise InputError(f"{path}: expected a name that ends in .{', .'.join(FORMATS)}")
    return Target(path, format_name or by_name or "")


def _ends_in(path: Path, format_name: str) -> bool:
    return path.name.lower().endswith(f".{format_name}")


def export_plans(
    plans: Sequence[LaidOut],
    target: Target,
    scale: float = METRES_PER_PIXEL,
    progress: Progress | None = None,
) -> list[Path]:
    """Write diagrams; returns the files, in the order of the diagrams if each has one.

    Raises:
        InputError: a diagram without boxes for DXF, a bad scale, too many diagrams for the format,
            or a file that cannot be written.
    """
    paths = target.paths(plans)
    groups = [[plan] for plan in plans] if target.is_each else [plans]
    for done, (path, group) in enumerate(zip(paths, groups, strict=True), start=1):
        _write(path, group, target.format, scale)
        if progress is not None:
            progress(done, len(paths))
    return paths


def _write(path: Path, plans: Sequence[LaidOut], format_name: str, scale: float) -> None:
    if format_name == "graphml":
        write_graphml(path, plans[0])
    elif format_name == "dxf":
        write_dxf(path, plans[0], scale)
    elif format_name == "csv":
        write_rooms_csv(path, plans, scale)
    elif format_name in ("svg", "png", "pdf"):
        _draw(path, plans, scale)
    else:
        write_plans(path, table_of(plans))


def _draw(path: Path, plans: Sequence[LaidOut], scale: float) -> None:
    from bd_gen.drawing.plan_drawing import draw_plans

    if len(plans) > MOST_IN_A_PICTURE:
        raise InputError(
            f"{path}: a picture holds up to {MOST_IN_A_PICTURE} diagrams, here are {len(plans):,}"
        )
    draw_plans(
        [plan.diagram for plan in plans],
        [plan.boxes for plan in plans],
        path,
        mode="both" if any(plan.boxes is not None for plan in plans) else "bubbles",
        titles=[plan.id for plan in plans],
        metres_per_pixel=scale,
    )


def table_of(plans: Sequence[LaidOut]) -> PlanTable:
    """The diagrams as a table of plans; ids should differ."""
    vocabulary = Vocabulary(max(plan.diagram.num_rooms for plan in plans))
    tokens = tokens_from_diagrams([plan.diagram for plan in plans], vocabulary)
    boxes = np.zeros((len(plans), vocabulary.n_max, 4), np.float32)
    for row, plan in zip(boxes, plans, strict=True):
        if plan.boxes is not None:
            row[: len(plan.boxes)] = plan.boxes
    return PlanTable(
        room_types=node_tokens(tokens, vocabulary),
        num_rooms=np.array([plan.diagram.num_rooms for plan in plans]),
        boxes=boxes,
        has_boxes=np.array([plan.boxes is not None for plan in plans]),
        relations=edge_tokens(tokens, vocabulary),
        ids=np.array([plan.id for plan in plans]),
        vocabulary=vocabulary,
    )


def export_samples(samples_path: str | Path, path: str | Path) -> int:
    """Write the diagrams of a samples file, without layouts; ids are "seed-number".

    Rows that are no complete diagrams are left out.

    Returns:
        how many diagrams were written.

    Raises:
        InputError: the samples cannot be read, the name has no known ending, or the file cannot be
            written.
    """
    target = check_export(path)
    plans = read_laid_out(samples_path).plans
    export_plans(plans, target)
    return len(plans)


def check_export(path: str | Path) -> Target:
    """Can samples be exported there? Said before they are drawn.

    Raises:
        InputError: no, or not as one file.
    """
    target = export_target(path)
    if target.format == "dxf":
        raise InputError(f"{path}: DXF needs a layout; export the samples file by `bd-gen export`")
    if target.format in ONE_IN_A_FILE and not target.is_each:
        raise InputError(
            f"{path}: {target.format} holds one diagram; give a name such as "
            f"{target.path.with_suffix('')}_{{id}}.{target.format}"
        )
    return target


def file_name(plan_id: str) -> str:
    """A name for a file, without an ending: letters, digits, "-", "_" and "." of the id.

    It has no path in it, does not start or end with a dot, is at most 100 bytes long, never empty
    and no name that Windows keeps for devices. Letters that this machine's file names cannot hold,
    as in a Latin-1 locale, become "_".
    """
    kept = "".join(c if _is_kept(c) else "_" for c in plan_id)
    kept = kept.encode(errors="replace")[:_LONGEST_NAME].decode(errors="ignore").strip(".")
    if not kept.strip("_"):
        return "plan"
    return f"_{kept}" if kept.split(".")[0].casefold() in _RESERVED else kept


def _is_kept(letter: str) -> bool:
    if not (letter.isalnum() or letter in "-_."):
        return False
    try:
        os.fsencode(letter)
    except UnicodeEncodeError:
        return False
    return True


def file_names(plan_ids: Iterable[str]) -> list[str]:
    """A name for each id, all different, also where capitals and small letters are the same."""
    taken: set[str] = set()
    names = []
    for plan_id in plan_ids:
        name = first = file_name(plan_id)
        count = 1
        while name.casefold() in taken:
            count += 1
            name = f"{first}-{count}"
        taken.add(name.casefold())
        names.append(name)
    return names
