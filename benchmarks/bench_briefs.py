"""Plans of the example briefs, read off their files: `python -m benchmarks.bench_briefs FOLDER`.

Each brief of examples/briefs becomes plans by `bd-gen design`; what is in FOLDER already stays. The
numbers are read off plans.jsonl: areas and doors against the brief's own words by code that knows
nothing of the program's, the rest by the metrics of plans. Then briefs that no plan can satisfy are
tried, which must be refused with a reason. Half an hour on one core.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import yaml

from bd_gen.exchange.laid_out_files import read_laid_out
from bd_gen.metrics.plan_geometry import PlanGeometry
from bd_gen.metrics.plan_set import PlanSet

BRIEFS = Path(__file__).parents[1] / "examples" / "briefs"
COUNT, SCALE = 15, 18 / 256
ROOMS = "LivingRoom, Kitchen, Bathroom, MasterRoom"
REFUSED = (
    ("--plot", "5 x 5", "--setback", "0.5", "--min-area", "MasterRoom=12"),
    ("--plot", "7 x 9", "--min-side", "LivingRoom=8"),
    ("--require", "Kitchen left-of Bathroom", "--require", "Bathroom left-of Kitchen"),
    ("--require", "Kitchen touches LivingRoom", "--forbid", "Kitchen touches LivingRoom"),
    ("--require", "Bathroom opens only to MasterRoom", "--require", "Bathroom opens to LivingRoom"),
    ("--area", "20-25", "--min-area", "LivingRoom=30"),
    ("--min-area", "Kitchen=12", "--max-area", "Kitchen=8"),
    ("--require", "Balcony touches Kitchen"),
    ("--outline", "0,0,9,12px"),
    ("--plot", "4 x 4", "--setback", "2"),
)
"""Options that ask too much of four rooms."""


def design(*arguments: str) -> tuple[int, str]:
    """Exit code and what was said on stderr."""
    program = str(Path(sys.executable).with_name("bd-gen"))
    done = subprocess.run([program, "design", *arguments], capture_output=True, text=True)
    return done.returncode, done.stderr.strip()


def areas_kept(line: dict[str, Any], brief: dict[str, Any]) -> bool:
    """Has every room of a plan the area that the brief's words ask for?"""
    return all(
        low - 0.01 <= shape.area * SCALE**2 <= high + 0.01
        for room, shape in zip(line["rooms"], shapes_of(line), strict=True)
        for low, high in [_bounds(_asked(room, brief))]
    )


def _asked(room: dict[str, Any], brief: dict[str, Any]) -> str:
    rooms = brief["rooms"] if isinstance(brief["rooms"], dict) else {}
    name = room.get("name", "")
    fields = rooms.get(name) or rooms.get(re.sub(r" \d+$", "", name)) or {}
    return str(fields.get("area", "")) if isinstance(fields, dict) else ""


def _bounds(words: str) -> tuple[float, float]:
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", words)]
    if not numbers:
        return 0.0, np.inf
    if len(numbers) == 2:
        return numbers[0], numbers[1]
    if "least" in words:
        return numbers[0], np.inf
    return (0.0, numbers[0]) if "up to" in words else (0.9 * numbers[0], 1.1 * numbers[0])


def shapes_of(line: dict[str, Any]) -> list[shapely.Polygon]:
    """The rooms of a line of the file; those without a polygon have what smaller boxes leave."""
    boxes = [shapely.box(*room["box"]) for room in line["rooms"]]
    return [
        shapely.Polygon(room["polygon"], room.get("holes"))
        if "polygon" in room
        else own.difference(shapely.union_all([box for box in boxes if box.area < own.area]))
        for room, own in zip(line["rooms"], boxes, strict=True)
    ]


def doors_wide(line: dict[str, Any]) -> tuple[int, int]:
    """Doors between rooms, and those of them in 0.9 m of straight wall or more."""
    shapes, found = shapes_of(line), []
    for door in line["doors"]:
        if len(door["rooms"]) == 2:
            one, other = (shapes[room].boundary for room in door["rooms"])
            pieces = shapely.get_parts(shapely.line_merge(one.intersection(other)))
            points = [shapely.get_coordinates(piece.simplify(0)) for piece in pieces]
            longest = max(np.hypot(*np.diff(p, axis=0).T).max() for p in points if len(p) > 1)
            found.append(longest * SCALE >= 0.9 - 1e-6)
    return len(found), sum(found)


def row_of(name: str, folder: Path, brief: dict[str, Any]) -> tuple[str, list[PlanGeometry]]:
    """The row of a brief's plans in the table, and their geometry."""
    plans = read_laid_out(folder / "plans.jsonl").plans
    lines = [json.loads(text) for text in (folder / "plans.jsonl").read_text().splitlines()]
    record = json.loads((folder / "design.json").read_text())
    geometry = list(PlanSet(tuple(plans)).geometry)
    kept = sum(areas_kept(line, brief) for line in lines)
    doors = np.sum([doors_wide(line) for line in lines], axis=0)
    told = [[t for t in plan["problems"] if "stay empty" in t] for plan in record["plans"]]
    unfilled = [k for k, g in enumerate(geometry) if g.filled < 1 - 1e-4]
    silent = [k for k in unfilled if not told[k]]
    filled = f"{len(plans) - len(unfilled)}/{len(plans)}" if record["plot"] else "–"
    if unfilled:
        filled += f" (least {100 * min(geometry[k].filled for k in unfilled):.1f} %)"
        filled += f", {len(silent)} in silence" if silent else ", told"
    reached = sum(g.doors_reach == 1 for g in geometry)
    cells = (
        *(f"{kept}/{len(plans)}", f"{doors[1]}/{doors[0]}", f"{reached}/{len(plans)}"),
        *(f"{np.mean([g.corners for g in geometry]):.1f}",),
        *(f"{np.mean([g.steps for g in geometry]):.2f}", f"{sum(g.has_slit for g in geometry)}"),
        filled,
    )
    return f"| {name} | {len(plans)} | {' | '.join(cells)} |", geometry


def briefs(folder: Path, count: int, extra: Sequence[str]) -> None:
    """Make plans of every brief and print the table."""
    print("| brief | plans | areas kept | doors in ≥ 0.9 m | every room reached by doors | corners "
          "| steps | slits | plot filled |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|")  # fmt: skip
    everything: list[PlanGeometry] = []
    for path in sorted(BRIEFS.glob("*.yaml")):
        place = folder / path.stem
        if not (place / "plans.jsonl").exists():
            code, said = design(str(path), "--count", str(count), "--out", str(place), *extra)
            if code:
                print(f"{path.stem}: exit code {code}: {said.splitlines()[-1]}", file=sys.stderr)
            if not (place / "plans.jsonl").exists():
                continue
        row, geometry = row_of(path.stem, place, yaml.safe_load(path.read_text()))
        everything += geometry
        print(row, flush=True)
    reached = np.mean([g.doors_reach == 1 for g in everything])
    print(f"\n{len(everything)} plans: {100 * reached:.1f} % with every room reached, "
          f"{np.mean([g.corners for g in everything]):.1f} corners, "
          f"{np.mean([g.steps for g in everything]):.2f} steps, "
          f"{100 * np.mean([g.has_slit for g in everything]):.1f} % with slits\n")  # fmt: skip


def main() -> None:
    """Print the table, and what is said of impossible briefs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=COUNT, help="plans of each brief")
    asked, extra = parser.parse_known_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    briefs(asked.folder, asked.count, extra)
    explained = 0
    for options in REFUSED:
        code, said = design("--out", str(asked.folder / "refused"), "--rooms", ROOMS, *options)
        explained += code == 2 and "\n" not in said
        print(f"{' '.join(options)}\n    {said}")
    print(f"\n{explained} of {len(REFUSED)} impossible briefs refused in one line")


if __name__ == "__main__":
    main()
