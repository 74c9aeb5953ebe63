"""What the commands and the front door put out, each function in the current folder.

Only `tokens`, `results_of_samples`, `designed` and `from_python_with_model` depend on what a
network computes; all else starts from synthetic plans.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as parquet
import torch
from tests.golden.commands import bd_gen as command
from tests.golden.reduced import (
    columns_of_csv,
    rounded,
    scores_on_page,
    sections_of_markdown,
    sha,
    words,
)

import bd_gen

SEEDS, NUM_SAMPLES = (1, 2), 12
NUM_ROWS = (100, 24)
"""Of each seed, by method of `FIXED`; the PolyGraph discrepancy needs 100."""
REFERENCE = ("data=synthetic", "data.num_plans=600")
ROOMS = "LivingRoom, Kitchen, Bathroom, MasterRoom, Balcony"
FOLDER = Path("eval_results/loglinear")
SUFFIX = "_samples.pt"
METHODS = (
    (),  # the default
    (
        "eval.unmasking_mode=llada",
        "eval.top_p=0.9",
        "eval.sampling_steps=20",
        "eval.remasking.strategy=cap",
        "eval.remasking.eta=0.4",
    ),
    ("eval.unmasking_mode=margin", "--rooms", ROOMS, "--export", "given.jsonl"),
)
FIXED = ("margin_temp1.0_no_remask", "random_topp0.9_no_remask")
"""Names for rows that are made without a model, the second with more faults than the first."""


def plans() -> dict[str, Any]:
    """Synthetic plans, their statistics, and what they are exported to."""
    args = ("--num-plans", "40", "--seed", "5", "--out", "plans.jsonl")
    calibration = command("data", "synthetic", *args)
    stats = command("data", "stats", "data=synthetic", "data.num_plans=40", "data.seed=5")
    for ending in ("dxf", "graphml", "csv", "json", "svg"):
        command("export", "plans.jsonl", "--limit", "2", "--out", f"x/{{id}}.{ending}")
    return {
        "plans": [sha(line) for line in Path("plans.jsonl").read_text().splitlines()[:5]],
        "all plans": sha(Path("plans.jsonl").read_bytes()),
        "calibration": sha(words(calibration.partition("plans.jsonl")[2])),
        "stats": sha(words(stats)),
        "exports": {
            path.name: sha(path.read_bytes())
            for path in sorted(Path("x").iterdir())
            if path.suffix != ".svg"
        },
    }


def tokens() -> dict[str, str]:
    """Token rows of each method, drawn from the bundled checkpoint: a hash for each seed."""
    for method in METHODS:
        seeds = f"eval.seeds={list(SEEDS)}"
        command("generate", f"eval.num_samples={NUM_SAMPLES}", seeds, *method)
    found = {}
    for path in sorted(Path("eval_results").rglob("*" + SUFFIX)):
        for seed, part in torch.load(path, weights_only=True)["per_seed"].items():
            rows = part["tokens"].numpy().astype(np.uint8)
            name = str(path.relative_to("eval_results")).removesuffix(SUFFIX)
            found[f"{name}, seed {seed}"] = sha(f"{rows.shape} {rows.tolist()}")
    found["given.jsonl"] = sha(Path("given.jsonl").read_bytes())
    return found


def results_of_samples() -> dict[str, Any]:
    """Numbers of what `tokens` has drawn, and of these methods as a pair."""
    command("evaluate", "--workers", "1", "--realizable", "3", *REFERENCE)
    a, b = sorted(path.name.removesuffix(SUFFIX) for path in FOLDER.glob("*" + SUFFIX))
    command("compare", a, b, "--out", "pair.md", "--csv", "pair.csv", *REFERENCE)
    return {
        **{method: _result(method) for method in (a, b)},
        "pair.md": sections_of_markdown(Path("pair.md").read_text()),
        "pair.csv": columns_of_csv(Path("pair.csv").read_text()),
    }


def fixed_rows() -> list[np.ndarray]:
    """Two times (seeds, N, length) token rows: synthetic plans, some of them with faults.

    In every fourth row (in the second set in every second) the relations are shifted by one
    place, so that they fit neither the rooms nor one another.
    """
    count = str(max(NUM_ROWS) * len(SEEDS))
    command("data", "synthetic", "--num-plans", count, "--seed", "7", "--out", "rows.jsonl")
    vocabulary = bd_gen.Vocabulary(8)
    diagrams = [plan.diagram for plan in bd_gen.read_plans("rows.jsonl")]
    sets = []
    for num_rows, every in zip(NUM_ROWS, (4, 2), strict=True):
        some = diagrams[: num_rows * len(SEEDS)]
        rows = np.stack([diagram.to_tokens(vocabulary) for diagram in some])
        for row in rows[::every]:
            edges = row[8:]  # a view; padding stays where it is
            is_real = edges != vocabulary.pad_row[8:]
            edges[is_real] = np.roll(edges[is_real], 1)
        sets.append(rows.reshape(len(SEEDS), num_rows, -1))
    return sets


def results_of_fixed_rows() -> dict[str, Any]:
    """Numbers of rows that no model has drawn, beside real plans and baselines; tables of them."""
    pad_row = bd_gen.Vocabulary(8).pad_row
    FOLDER.mkdir(parents=True)
    for method, sets in zip(FIXED, fixed_rows(), strict=True):
        num_rows = sets.shape[1]
        torch.save(
            {
                "format_version": 2,
                "method": method,
                "n_max": 8,
                "seeds": list(SEEDS),
                "num_samples": num_rows,
                "config": {"seeds": list(SEEDS), "num_samples": num_rows, "sampling_steps": 100},
                "provenance": {"calls_per_diagram": 100.0},
                "per_seed": {
                    str(seed): {
                        "tokens": torch.from_numpy(rows),
                        "pad_masks": torch.from_numpy(rows != pad_row),
                    }
                    for seed, rows in zip(SEEDS, sets, strict=True)
                },
            },
            FOLDER / f"{method}{SUFFIX}",
        )
    return _evaluated() | _laid_out()


def _evaluated() -> dict[str, Any]:
    options = ("--workers", "1", "--realizable", "5", "--real", "--baselines")
    command("evaluate", *options, *REFERENCE)
    command("compare", "--csv", "all.csv")
    command("report")
    methods = sorted(path.name.removesuffix(SUFFIX) for path in FOLDER.glob("*" + SUFFIX))
    page = scores_on_page((FOLDER / "report.html").read_text(), methods)
    return {
        "results": {method: _result(method) for method in methods},
        "comparison.md": sections_of_markdown((FOLDER / "comparison.md").read_text()),
        "comparison.csv": columns_of_csv(Path("all.csv").read_text()),
        "report.html": {method: sha(cells) for method, cells in page.items()}
        | {f"scores of {FIXED[0]}": page[FIXED[0]]},
    }


def _laid_out() -> dict[str, Any]:
    """Rectangles of samples, as JSON lines and as other programs read them."""
    samples = str(FOLDER / f"{FIXED[0]}{SUFFIX}")
    command("export", samples, "--index", "1-3", "--layout", "--out", "layouts.jsonl")
    for ending in ("dxf", "graphml", "csv"):
        command("export", "layouts.jsonl", "--limit", "1", "--out", f"layout.{ending}")
    lines = Path("layouts.jsonl").read_text().splitlines()
    return {
        "layouts": {
            plan["id"]: [room.get("box") for room in plan["rooms"]]
            for plan in map(json.loads, lines)
        },
        "layout exports": {p.name: sha(p.read_bytes()) for p in sorted(Path().glob("layout.*"))},
    }


def _result(method: str) -> dict[str, Any]:
    """A result file and its table, without provenance; the numbers of each seed as they are."""
    result = json.loads((FOLDER / f"{method}.json").read_text())
    table = parquet.read_table(FOLDER / f"{method}_per_sample.parquet")
    fields = result.keys() - {"timestamp", "provenance"}
    found = {field: sha(result[field]) for field in sorted(fields)}
    found["per_seed"] = _by_key(result["per_seed"])
    return {**found, "per sample": sha(table.to_pydict())}


def _by_key(per_seed: dict[str, Any]) -> dict[str, Any]:
    """For each flat key the values of all seeds; a hash for each table."""
    keys = dict.fromkeys(key for numbers in per_seed.values() for key in numbers)
    values = {key: [numbers.get(key) for numbers in per_seed.values()] for key in keys}
    is_flat = {key: not any(isinstance(v, dict) for v in values[key]) for key in keys}
    return {key: rounded(v) if is_flat[key] else sha(v) for key, v in values.items()}


def designed() -> dict[str, Any]:
    """Plans for a room programme, and the files of each."""
    command(
        *("design", "--out", "design", "--count", "3", "--pool", "3", "--seed", "3"),
        *("--rooms", "LivingRoom, Kitchen, Bathroom, Balcony", "--min-difference", "2"),
        *("--require", "Kitchen touches LivingRoom", "--forbid", "Bathroom touches Kitchen"),
        *("--improve", "0", "--min-side", "12px", "--workers", "1"),
    )
    record = json.loads(Path("design/design.json").read_text())
    lines = Path("design/plans.jsonl").read_text().splitlines()
    files = [
        p for p in sorted(Path("design").rglob("*")) if p.suffix in (".graphml", ".dxf", ".csv")
    ]
    return {
        "boxes": {
            plan["id"]: [room["box"] for room in plan["rooms"]] for plan in map(json.loads, lines)
        },
        **{key: rounded(record[key]) for key in ("programme", "rules", "funnel", "plans")},
        "files": {str(path): sha(path.read_bytes()) for path in files},
    }


def from_python() -> dict[str, Any]:
    """The front door for diagrams that no model has drawn."""
    (rows, *_), _ = fixed_rows()
    reference = bd_gen.DataConfig(num_plans=600)
    numbers = bd_gen.evaluate(rows, reference, ["validity", "novelty", "structure", "transitivity"])
    between = bd_gen.evaluate(rows[:50], rows[50:], ["distribution", "pairs"])
    home = bd_gen.Diagram(
        "LivingRoom, Kitchen, 2 Bathroom",
        [(1, 0, "left-of"), (0, 2, "above"), (3, 2, "right-of")],
    )
    circle = bd_gen.Diagram("3 Bathroom", [(0, 1, "left-of"), (1, 2, "left-of"), (2, 0, "left-of")])
    plan, none = bd_gen.lay_out(home, min_side=12), bd_gen.lay_out(circle)
    assert isinstance(plan, bd_gen.Plan)
    assert isinstance(none, bd_gen.NoLayout)
    return {
        "evaluate": _by_key({"": numbers}),
        "evaluate between": _by_key({"": between}),
        "lay_out": [np.asarray(plan.boxes).tolist(), none.why],
        "to_json": home.to_json(),
    }


def from_python_with_model() -> dict[str, Any]:
    """The front door for the bundled checkpoint; nats in fewer digits, being single precision."""
    model = bd_gen.load("bundled")
    samples = model.sample(4, "llada_topp0.9_no_remask", steps=5, seed=3)
    (rows, *_), _ = fixed_rows()
    diagrams = [bd_gen.Diagram.from_tokens(row) for row in rows[1:4]]
    return {
        "sample": [diagram.to_json() for diagram in samples],
        "nats": [float(f"{nats:.5g}") for nats in model.nats(diagrams)],
    }
