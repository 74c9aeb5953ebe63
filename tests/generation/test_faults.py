"""Faults in real commands, at random moments; `python -m benchmarks.faults` tries more of them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from benchmarks.faults import FAULTS

ROOT = Path(__file__).resolve().parents[2]


def tried(names: tuple[str, ...], trials: int) -> dict[str, dict[str, Any]]:
    """In a process without threads, which may be forked."""
    command = [sys.executable, "-m", "benchmarks.faults", "--json", "--trials", str(trials)]
    done = subprocess.run(
        [*command, *names],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        check=False,
    )
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_lost_in_many_trials(name: str) -> None:
    found = tried((name,), trials=5)[name]
    assert found["problems"] == []
    assert found["survived"] == 5
