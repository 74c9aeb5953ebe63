"""CPU time against another version: `python -m benchmarks.bench_against OTHER_SRC FILE [RUNS]`.

OTHER_SRC is the folder `src` of the other version, FILE holds plans (JSON lines). Training,
sampling and evaluating, as commands of their own, run turn about in both versions; the data are
cached before, and the model and the samples that they start from are the other version's.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parents[1] / "src"
START = "import sys; from bd_gen.cli.start import main; sys.exit(main())"

Run = Callable[..., float]


def runner(source: Path, cache: Path) -> Run:
    """A function that runs a command of the version whose code lies there; gives CPU seconds."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "PYTHONPATH": str(source),
        "PYTHONPYCACHEPREFIX": str(cache / "bytecode"),
        "BD_GEN_CACHE": str(cache),
        "OMP_NUM_THREADS": "1",
    }

    def run(*arguments: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-c", START, *arguments],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return run


def commands(folder: Path, plans: str) -> dict[str, Callable[[Run], float]]:
    """What is measured, each a function of the version's runner."""
    data = ("data=plans", f"data.path={plans}")
    results = folder / "results"

    def train(run: Run, steps: int = 40) -> float:
        target = folder / "trained"
        shutil.rmtree(target, ignore_errors=True)
        small = ("model=tiny", "training.num_validation=64", f"training.steps={steps}")
        return run("train", *data, *small, f"run.dir={target}")

    def generate(run: Run, target: Path = folder / "drawn") -> float:
        shutil.rmtree(target, ignore_errors=True)
        model = folder / "model" / "checkpoint_final.pt"
        settings = ("eval.num_samples=64", "eval.seeds=[0]", f"results.dir={target}")
        return run("generate", f"eval.checkpoint_path={model}", *settings)

    def evaluate(run: Run) -> float:
        for file in (*results.rglob("*.json"), *results.rglob("*.parquet")):
            file.unlink()
        return run("evaluate", "--published", "--workers", "1", "--results", str(results), *data)

    return {"train": train, "generate": generate, "evaluate": evaluate}


def main(other: str, plans: str, runs: int = 5) -> None:
    """Print the median and the spread of both, and of the ratios of runs one after the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        versions = {
            "other": runner(Path(other).resolve(), folder / "cache_other"),
            "this": runner(HERE, folder / "cache_this"),
        }
        work = commands(folder, str(Path(plans).resolve()))
        for run in reversed(versions.values()):
            work["train"](run)
        shutil.move(folder / "trained", folder / "model")
        work["generate"](versions["other"])
        shutil.move(folder / "drawn", folder / "results")
        for run in versions.values():
            work["evaluate"](run)
        print("| CPU seconds | other | this | this / other |")
        print("|---|---|---|---|")
        for what, measured in work.items():
            times: dict[str, list[float]] = {which: [] for which in versions}
            for k in range(runs):
                for which in sorted(versions, reverse=bool(k % 2)):
                    times[which].append(measured(versions[which]))
            ratios = [a / b for a, b in zip(times["this"], times["other"], strict=True)]
            cells = (spread(times["other"]), spread(times["this"]), spread(ratios))
            print(f"| {what} | {' | '.join(cells)} |", flush=True)


def spread(numbers: list[float]) -> str:
    """Median, least and largest."""
    return f"{statistics.median(numbers):.2f} ({min(numbers):.2f} to {max(numbers):.2f})"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
