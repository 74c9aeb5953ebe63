"""Real plans and their diagrams laid out anew: `python -m benchmarks.bench_plans FOLDER [COUNT]`.

Held-out plans, spread evenly; the first so many held-out plans; and plans that the solver makes of
the diagrams of the latter, with doors and windows: measured like files of plans, into
FOLDER/plans, and printed side by side. The data are RPLAN's if BD_GEN_DEV_DATA names a folder with
them, else synthetic plans. A plan takes about half a second of one core.
"""

import hashlib
import sys
import time
from pathlib import Path

from bd_gen.data.dataset import load_dataset
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.layouts.openings import add_openings
from bd_gen.layouts.solver import solve
from bd_gen.results.columns import Column
from bd_gen.results.comparison import SPREADS, sections
from bd_gen.results.plan_evaluation import NamedPlans, evaluate_plans
from bd_gen.results.plan_references import held_out, of_data, plans_of_table
from bd_gen.results.references import References
from bd_gen.results.table import markdown_section
from benchmarks.bench_metrics import data_config

COUNT = 300


def laid_out_anew(plan: LaidOut) -> LaidOut | None:
    """Another plan of a plan's diagram, with doors and windows; None if none is found."""
    found = solve(plan.diagram)
    if found.boxes is None:
        return None
    shapes = found.floor_plan
    if shapes is not None:
        shapes = add_openings(plan.diagram, shapes).floor_plan
    return LaidOut(plan.id, plan.diagram, found.boxes, floor_plan=shapes)


def named(name: str, plans: list[LaidOut]) -> NamedPlans:
    """Plans in memory, by what they hold."""
    digest = hashlib.sha256()
    for plan in plans:
        digest.update(f"{plan.id} {plan.boxes.tolist()} {plan.floor_plan}".encode())
    return NamedPlans(name, tuple(plans), None, digest.hexdigest(), f"{name}, in memory")


def main(folder: str, count: str = str(COUNT)) -> None:
    data, num = data_config(), int(count)
    references = References(data)
    dataset = load_dataset(data)
    assert dataset.table is not None
    same = plans_of_table(dataset.table, dataset.split.test[:num])
    start = time.process_time()
    anew = [plan for plan in map(laid_out_anew, same) if plan is not None]
    seconds = (time.process_time() - start) / len(same)
    print(f"{len(anew)} of {len(same)} diagrams laid out, {seconds:.2f} CPU seconds each\n")
    reference = of_data(data, references)
    measured = [held_out(data, references, num), named("same_plans", same), named("anew", anew)]
    done = [evaluate_plans(each, reference, Path(folder) / "plans") for each in measured]
    columns = [Column(each.path.stem, each.result) for each in done]
    (table,) = (table for table in sections(columns) if table.title == "Layouts")
    print(SPREADS["interval"], "\n")
    print(markdown_section(table))


if __name__ == "__main__":
    main(*sys.argv[1:])
