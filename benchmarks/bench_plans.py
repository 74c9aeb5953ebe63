"""Real plans and their diagrams laid out anew: `python -m benchmarks.bench_plans FOLDER`.

Held-out plans, spread evenly; the first so many held-out plans; and plans that the solver makes of
the diagrams of the latter, with doors and windows: measured like files of plans, into
FOLDER/plans, and printed side by side; with `--geometry FILE` also plans made near the draws of a
model of boxes (`bundled-geometry` comes with the package). The data are RPLAN's if BD_GEN_DEV_DATA
names a folder with them, else synthetic plans. A plan takes one to two seconds of one core.
"""

import argparse
import hashlib
import time
from pathlib import Path

from bd_gen.data.dataset import load_dataset
from bd_gen.design.geometry import with_targets
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.layouts.openings import add_openings
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.problem import problem_of
from bd_gen.layouts.search import Status, find_boxes
from bd_gen.layouts.solver import solve
from bd_gen.layouts.ways import way_openings
from bd_gen.results.columns import Column
from bd_gen.results.comparison import SPREADS, sections
from bd_gen.results.plan_evaluation import NamedPlans, evaluate_plans
from bd_gen.results.plan_references import held_out, of_data, plans_of_table
from bd_gen.results.references import References
from bd_gen.results.table import markdown_section
from bd_gen.training.bundled import checkpoint_file
from bd_gen.training.checkpoint import load_checkpoint
from benchmarks.bench_metrics import data_config

COUNT = 300


def laid_out_anew(plan: LaidOut, options: SolverOptions) -> LaidOut | None:
    """Another plan of a plan's diagram, with doors and windows; None if none is found."""
    found = solve(plan.diagram, options)
    if found.boxes is None:
        return None
    shapes = found.floor_plan
    if shapes is not None:
        shapes = add_openings(plan.diagram, shapes).floor_plan
    return LaidOut(plan.id, plan.diagram, found.boxes, floor_plan=shapes)


def num_without_ways(plans: list[LaidOut]) -> int:
    """Plans whose diagrams, as is proved, leave no wall for a door on the way to some room."""
    count = 0
    for plan in plans:
        openings = way_openings(plan.diagram, SolverOptions())
        if openings is None:
            count += 1
            continue
        problem = problem_of(plan.diagram, SolverOptions(openings=openings))
        count += find_boxes(problem, 60).status is Status.UNREALIZABLE
    return count


def named(name: str, plans: list[LaidOut]) -> NamedPlans:
    """Plans in memory, by what they hold."""
    digest = hashlib.sha256()
    for plan in plans:
        digest.update(f"{plan.id} {plan.boxes.tolist()} {plan.floor_plan}".encode())
    return NamedPlans(name, tuple(plans), None, digest.hexdigest(), f"{name}, in memory")


def all_anew(plans: list[LaidOut], options: list[SolverOptions]) -> list[LaidOut]:
    """Other plans of the diagrams of plans, as far as some are found; says what they cost."""
    start = time.process_time()
    found = [laid_out_anew(*pair) for pair in zip(plans, options, strict=True)]
    seconds = (time.process_time() - start) / len(plans)
    anew = [plan for plan in found if plan is not None]
    print(f"{len(anew)} of {len(plans)} diagrams laid out, {seconds:.2f} CPU seconds each")
    return anew


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=COUNT, help="held-out plans")
    parser.add_argument("--geometry", help="a model of boxes")
    asked = parser.parse_args()
    folder, num, data = asked.folder, asked.count, data_config()
    references = References(data)
    dataset = load_dataset(data)
    assert dataset.table is not None
    same = plans_of_table(dataset.table, dataset.split.test[:num])
    print(f"{num_without_ways(same)} of {len(same)} diagrams leave some room without a way to it")
    usual = [SolverOptions()] * len(same)
    anew = {"anew": all_anew(same, usual)}
    if asked.geometry:
        checkpoint = load_checkpoint(checkpoint_file(asked.geometry))
        diagrams = [plan.diagram for plan in same]
        anew["near_model"] = all_anew(same, with_targets(checkpoint, diagrams, usual[0], seed=0))
    reference = of_data(data, references)
    measured = [held_out(data, references, num), named("same_plans", same)]
    measured += [named(name, plans) for name, plans in anew.items()]
    done = [evaluate_plans(each, reference, Path(folder) / "plans") for each in measured]
    columns = [Column(each.path.stem, each.result) for each in done]
    (table,) = (table for table in sections(columns) if table.title == "Layouts")
    print(SPREADS["interval"], "\n")
    print(markdown_section(table))


if __name__ == "__main__":
    main()
