"""Layouts of many diagrams are those of each."""

import numpy as np

from bd_gen.layouts.many import Solvers
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.solver import solve

OPTIONS = SolverOptions(improve_seconds=0.0)  # improving ends by the clock where it is busy


def test_processes_find_the_layouts_that_one_finds(realizable, nonsense):
    diagrams = [*realizable(6, 5, seed=1), *nonsense(6, 5, seed=2)]
    expected = [solve(diagram, OPTIONS) for diagram in diagrams]
    for workers in (1, 2):
        with Solvers(workers) as solvers:
            found = list(solvers.lay_out(diagrams, OPTIONS))
            assert list(solvers.lay_out([], OPTIONS)) == []
        assert [layout.status for layout in found] == [layout.status for layout in expected]
        for layout, one in zip(found, expected, strict=True):
            assert layout.boxes is None or np.array_equal(layout.boxes, one.boxes)
