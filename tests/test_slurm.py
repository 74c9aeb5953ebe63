"""The template for Slurm, run with stand-ins for Slurm's commands."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "train.sbatch"
BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="needs bash")


def run(tmp_path: Path, *words: str, status: int = 0, **environment: str) -> tuple[int, str]:
    """The exit code, and the commands that the script gave."""
    stubs = {
        "srun": 'echo "srun $*" >>"$LOG"; shift 2; exit "$STATUS"',
        "scontrol": 'echo "scontrol $*" >>"$LOG"',
    }
    for name, text in stubs.items():
        path = tmp_path / name
        path.write_text(f"#!{BASH}\n{text}\n")
        path.chmod(0o755)
    log = tmp_path / "log"
    known = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "LOG": str(log), "STATUS": str(status)}
    done = subprocess.run(
        [str(BASH), str(SCRIPT), *words],
        env={**known, "SLURM_JOB_ID": "17", **environment},
        check=False,
    )
    return done.returncode, log.read_text()


def test_a_job_trains(tmp_path: Path) -> None:
    code, log = run(tmp_path, "experiment=quick", "data.path=my plans.jsonl")
    assert (code, log) == (0, "srun bd-gen train experiment=quick data.path=my plans.jsonl\n")


def test_an_array_trains_a_seed_each_in_its_folder(tmp_path: Path) -> None:
    _, log = run(tmp_path, "experiment=quick", "run.dir=runs/q", SLURM_ARRAY_TASK_ID="3")
    assert log.endswith("run.dir=runs/q training.seed=3 run.dir=runs/q/seed_3\n")


def test_at_the_time_limit_the_job_goes_back_into_the_queue(tmp_path: Path) -> None:
    code, log = run(tmp_path, status=130)
    assert code == 0
    assert log.splitlines()[-1] == "scontrol requeue 17"


def test_another_failure_ends_it(tmp_path: Path) -> None:
    code, log = run(tmp_path, status=2)
    assert code == 2
    assert "requeue" not in log


def test_what_slurm_reads_stands_before_the_first_command() -> None:
    lines = SCRIPT.read_text().splitlines()
    first = next(k for k, line in enumerate(lines) if line and not line.startswith("#"))
    options = [line for line in lines if line.startswith("#SBATCH ")]
    assert all(line in lines[:first] for line in options)
    assert "#SBATCH --signal=INT@120" in options
