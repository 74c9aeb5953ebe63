"""Commands with options and files that nobody would give them: `python -m benchmarks.fuzz`.

Every trial is a function of its number: a command of `COMMANDS`, with words of `WORDS` in place of
some of its own, on files of which one may be damaged. It runs in a process of its own, with little
memory and time. A trial fails if it ends with a traceback, another exit code than the documented
ones, more than a few lines, or something that steers a terminal. Numbers of trials that failed once
are kept in tests/fuzz/seeds.txt, and tried by the tests.
"""

import argparse
import contextlib
import io
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[1] / "tests" / "fuzz" / "seeds.txt"
EXIT_CODES = (0, 1, 2)
SECONDS = 60
MEMORY = 3 << 30
LATE = 120
METHOD = "random_temp1.0_no_remask"

COMMANDS = (
    "data stats data=plans data.path=plans.jsonl",
    "data stats data=plans data.path=list.json data.n_max=6",
    "data stats data=plans data.path=plans.jsonl data.labels=labels.json data.skip_bad=true",
    "data export data=plans data.path=plans.jsonl --out out.jsonl",
    "export plans.jsonl --out out.json",
    "export plans.jsonl --out rooms.csv --limit 2 --no-layout",
    "export plans.jsonl --out out.graphml --index 0",
    "export list.json --out out.graphml --id a",
    "draw plans.jsonl --out out.png --as bubbles --no-solver --limit 1 --title x",
    "compare --schedule loglinear",
    "compare --schedule loglinear --csv out.csv --out out.md",
    "show other --schedule loglinear --limit 2",
    "report --schedule loglinear --out page.html",
    "evaluate --schedule loglinear --list",
    "verify eval_results/loglinear --against copy/loglinear",
    "backfill eval_results/loglinear --checkpoint model.pt --dry-run",
    "suite show suite.yaml",
    "suite run suite.yaml --checkpoint model.pt --dry-run",
    "methods",
    "generate --rooms Kitchen,Bathroom eval.checkpoint_path=model.pt eval.num_samples=1",
    "generate --given given.json eval.checkpoint_path=model.pt eval.num_samples=1",
    "strip model.pt small.pt",
)

WORDS: tuple[str, ...] = (
    "", "-1", "0", "1", "1e400", "-1e400", "nan", "inf", "9" * 5000, "0x10", "1_000", "1.5",
    "null", "true", "~", "~nobody-there/x", "..", ".", "/", "/dev/null", "/dev/full", "/proc/self",
    "a/b", "x" * 300, "\x1b[2J\x1b]0;x\x07", "\u202egnp", "\ud800", "\udcff", "ü", "日本語", "[",
    "{", "${x}", "$(x)", "%s", "{id}", "{0.__class__}", "'", '"', "\\", "=", "a=b", "--", "-h",
    "@x",     "data=plans", "data.n_max=99", "data.path=", "data.seed=" + "9" * 5000, "seed=1e3",
    "42,42", "1-9999999", ",,,", "Kitchen", "plans.jsonl", "model.pt", "labels.json", "suite.yaml",
)  # fmt: skip

SPLICES: tuple[bytes, ...] = (
    b"1e400", b"9" * 400, b"9" * 5000, b"-0", b"NaN", b"null", b"[]", b"{}", b'""', b"\xff", b"\0",
    b'"\\ud800"', b"\x1b[2J", "\u202e".encode(), b"!!timestamp x", b"!!int ''", b"&a [*a]",
    b"1:59:59",     b"1e200", b'"a":1,"a":2,', b"[" * 2000, b"<script>", b"\n", b",",
)  # fmt: skip


def build(folder: Path) -> None:
    """The files that the commands name, small and good."""
    import numpy as np
    from tests.generation.checkpoints import saved
    from tests.generation.readers import _make_listed_plans, _make_plans
    from tests.random_samples import make

    from bd_gen.data.cache import file_hash
    from bd_gen.results.result_file import Result, write_result
    from bd_gen.results.sample_table import SampleTable, row_names, write_sample_table
    from bd_gen.results.samples_file import write_samples

    _make_plans(folder / "plans.jsonl")
    _make_listed_plans(folder / "list.json")
    (folder / "labels.json").write_text('{"Salon": "LivingRoom"}')
    (folder / "given.json").write_text(
        '{"rooms": ["Kitchen", null], "relations": [[0, 1, "above"]]}'
    )
    (folder / "suite.yaml").write_text(
        f"description: some\nseeds: [1, 2]\nnum_samples: 10\nmethods:\n  - {METHOD}\n"
    )
    saved(folder, "model.pt")
    results = folder / "eval_results" / "loglinear"
    results.mkdir(parents=True)
    write_samples(results / "other_samples.pt", make("other", n_max=4))
    columns = row_names({42: 6}) | {"is_valid": np.arange(6) % 2 == 0}
    metadata = {
        "method": "other",
        "samples_sha256": file_hash(results / "other_samples.pt"),
        "data_fingerprint": "0" * 16,
        "package_version": "0.1.0",
        "metric_versions": {"validity": 1},
    }
    table = SampleTable(columns, {"validity": ("is_valid",)}, metadata)
    write_sample_table(results / "other_per_sample.parquet", table)
    number, interval = {"mean": 0.9, "std": 0.0}, {"low": 0.8, "high": 1.0, "se": 0.05, "from": "x"}
    settings = {
        "sampling_steps": 20,
        "temperature": 1.0,
        "top_p": None,
        "unmasking_mode": "random",
        "remasking_enabled": False,
    }
    for name in (METHOD, "other"):
        fields = {
            "format_version": 2,
            "method": name,
            "timestamp": "2024-05-01T09:00:00+00:00",
            "config": {"seeds": [42], "num_samples": 10, **settings},
            "per_seed": {"42": {"eval/validity_rate": 0.9}},
            "summary": {"eval/validity_rate": number},
            "ci95": {"eval/validity_rate": interval},
            "denoising": {"denoise/val_elbo": 12.5},
            "provenance": {"data_fingerprint": "0" * 16, "checkpoint_sha256": "0" * 64},
        }
        write_result(results / f"{name}.json", Result(fields))
    shutil.copytree(folder / "eval_results", folder / "copy")


def plan(seed: int, folder: Path) -> list[str]:
    """Damage a file perhaps; the words of the command to run."""
    draw = random.Random(seed)  # noqa: S311 - a trial is a function of its number
    words = draw.choice(COMMANDS).split()
    for _ in range(draw.choice((0, 0, 1, 1, 2))):
        place = draw.randrange(1, len(words) + 1)
        word = draw.choice(WORDS)
        if draw.random() < 0.3 or place == len(words):
            words.insert(place, word)
        elif "=" in words[place] and draw.random() < 0.8:
            words[place] = words[place].partition("=")[0] + "=" + word
        else:
            words[place] = word
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if draw.random() < 0.7:
        path = draw.choice(files)
        content = bytearray(path.read_bytes())
        for _ in range(draw.randrange(1, 4)):
            at = draw.randrange(len(content) + 1)
            width = draw.choice((0, 0, 1, 5, 40))
            content[at : at + width] = draw.choice((*SPLICES, bytes([draw.randrange(256)])))
        path.write_bytes(content)
    # What a shell could not hand on.
    return [word.replace("\0", "") for word in words]


def run_one(seed: int, template: Path) -> str:
    """Run a trial; what is wrong with how it ended, or nothing."""
    with tempfile.TemporaryDirectory(prefix="bd-gen-fuzz-") as name:
        folder = Path(name) / "w"
        shutil.copytree(template, folder)
        words = plan(seed, folder)
        out = Path(name) / "out"
        pid = os.fork()
        if pid == 0:
            _child(words, folder, out)
        status = _wait(pid)
        text = out.read_text(errors="replace") if out.exists() else ""
    problem = _problem(status, text)
    return f"{seed}: {' '.join(words)[:200]!r}: {problem}" if problem else ""


def _child(words: list[str], folder: Path, out: Path) -> None:
    os.chdir(folder)
    os.environ["BD_GEN_CACHE"] = str(folder / "cache")
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    handle = os.open(out, os.O_WRONLY | os.O_CREAT)
    for number in (1, 2):
        os.dup2(handle, number)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8", write_through=True)
    from bd_gen.cli.main import cli, run

    code = 99
    try:
        run(cli, "bd-gen", words)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException:
        with contextlib.suppress(Exception):
            traceback.print_exc()
    os._exit(code)


def _wait(pid: int) -> int:
    ended = time.monotonic() + LATE
    while time.monotonic() < ended:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return -signal.SIGKILL


def _problem(status: int, text: str) -> str:
    if "Traceback" in text:
        return text.strip().splitlines()[-1][:200]
    if status not in EXIT_CODES:
        return f"ended with {status}"
    steering = {c for c in text if not c.isprintable() and c not in "\n\t"}
    return f"printed {steering}" if steering else ""


def kept_seeds() -> list[int]:
    """Trials that failed once."""
    lines = SEEDS.read_text().splitlines() if SEEDS.exists() else []
    return [int(line.partition("#")[0]) for line in lines if line.partition("#")[0].strip()]


def fuzz(first: int, minutes: float, say: Callable[[str], object] = print) -> list[str]:
    """Run trials from a number on until the time is over; the problems."""
    with tempfile.TemporaryDirectory(prefix="bd-gen-fuzz-") as name:
        template = Path(name)
        build(template)
        ended = time.monotonic() + 60 * minutes
        problems, seed = [], first
        while time.monotonic() < ended:
            if problem := run_one(seed, template):
                problems.append(problem)
                say(problem)
            seed += 1
    say(f"{seed - first} trials from {first} on, {len(problems)} failed")
    return problems


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--first", type=int, default=int(time.time()), help="number of a trial")
    parser.add_argument("--json", type=Path, help="write the problems to this file")
    options = parser.parse_args()
    problems = fuzz(options.first, options.minutes)
    if options.json:
        options.json.write_text(json.dumps(problems, indent=1))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
