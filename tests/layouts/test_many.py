"""Layouts of many diagrams are those of each."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest

from bd_gen.layouts import many
from bd_gen.layouts.many import Solvers
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.solver import solve
from bd_gen.system import workers
from bd_gen.system.errors import InputError
from bd_gen.system.workers import Tell, Work

OPTIONS = SolverOptions(improve_effort=0.0)  # improving ends by the clock where it is busy


def test_processes_find_the_layouts_that_one_finds(realizable, nonsense):
    diagrams = [*realizable(6, 5, seed=1), *nonsense(6, 5, seed=2)]
    expected = [solve(diagram, OPTIONS) for diagram in diagrams]
    for count in (1, 2):
        with Solvers(count) as solvers:
            found = list(solvers.lay_out(diagrams, OPTIONS))
            assert list(solvers.lay_out([], OPTIONS)) == []
        assert [layout.status for layout in found] == [layout.status for layout in expected]
        for layout, one in zip(found, expected, strict=True):
            assert layout.boxes is None or np.array_equal(layout.boxes, one.boxes)


def test_a_killed_process_changes_no_layout(realizable, monkeypatch, tmp_path):
    monkeypatch.setenv(_KILLS, str(tmp_path))
    monkeypatch.setattr(many, "_solver", _killed_once)
    diagrams = realizable(6, 5, seed=1)
    expected = [solve(diagram, OPTIONS) for diagram in diagrams]
    with Solvers(2) as solvers:
        found = list(solvers.lay_out(diagrams, OPTIONS))
    assert len(list(tmp_path.iterdir())) == 1
    assert [layout.status for layout in found] == [layout.status for layout in expected]


def test_what_ends_every_process_is_one_line(realizable, monkeypatch):
    monkeypatch.setattr(workers, "serve", os.abort)  # no function for a process
    with Solvers(2) as solvers, pytest.raises(InputError) as raised:
        list(solvers.lay_out(realizable(5, 2, seed=3), OPTIONS))
    assert str(raised.value).startswith("layouts: 3 processes ended while they looked for one (")


_KILLS = "BD_GEN_TEST_KILLS"


def _killed_once(number: int) -> Work:
    work = _REAL(number)

    def dying(task: many.Task, tell: Tell) -> object:
        mark = Path(os.environ[_KILLS]) / "killed"
        if task[0] == 2 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return work(task, tell)

    return dying


_REAL = many._solver
