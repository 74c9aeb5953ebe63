import os
import signal
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from bd_gen.data.sources.graph2plan import guarded
from bd_gen.data.sources.graph2plan.guarded import read_in_child
from bd_gen.data.sources.graph2plan.source import read_graph2plan
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError

EIGHT = Vocabulary(8)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "plan.mat"
    savemat(path, {"data": {"rType": [0.0, 2.0, 3.0], "rEdge": [[0.0, 1.0, 2.0]], "name": "7"}})
    return path


def test_the_child_reads_what_the_parent_would(sound):
    steps = []
    table = read_in_child(sound, EIGHT, progress=lambda *step: steps.append(step))
    expected = read_graph2plan(sound, EIGHT)
    np.testing.assert_array_equal(table.tokens, expected.tokens)
    assert list(table.ids) == list(expected.ids)
    assert table.notes == expected.notes
    assert steps == [(1, 1)]


def test_what_is_wrong_with_a_file_is_said_as_by_the_parent(sound):
    sound.write_bytes(b"no plan")
    with pytest.raises(InputError) as here:
        read_graph2plan(sound, EIGHT)
    with pytest.raises(InputError) as there:
        read_in_child(sound, EIGHT)
    assert str(there.value) == str(here.value)


def test_a_reader_that_crashes_is_one_clear_line(sound, tmp_path, monkeypatch):
    package = tmp_path / "crash"
    package.mkdir()
    (package / "sitecustomize.py").write_text(
        f"import os, signal\nos.kill(os.getpid(), {int(signal.SIGSEGV)})\n"
    )
    monkeypatch.setattr(guarded.sys, "path", [str(package), *guarded.sys.path])
    with pytest.raises(InputError, match=r"plan\.mat: not a MATLAB file, or damaged"):
        read_in_child(sound, EIGHT)
    assert os.path.exists(sound)
