from pathlib import Path

import numpy as np
import pytest

from bd_gen.metrics.keys import Fitted
from bd_gen.metrics.statistics_file import read_statistics, write_statistics

PARTS = {
    "module.fit": {"counts": np.arange(6).reshape(2, 3), "empty": np.zeros((0, 2), np.uint8)},
    "a/b": {"c": np.array(0.25)},  # a slash in a name
}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "statistics.npz"
    header = {"n_max": 8, "versions": {"novelty": 1}}
    write_statistics(path, header, {name: Fitted(parts) for name, parts in PARTS.items()})
    found, fitted = read_statistics(path)
    assert found == header
    assert set(fitted) == set(PARTS)
    for name, parts in PARTS.items():
        assert set(fitted[name]) == set(parts)
        for part, array in parts.items():
            np.testing.assert_array_equal(fitted[name][part], array, strict=True)


def test_objects_are_refused_and_no_file_is_left(tmp_path: Path) -> None:
    fitted = {"fit": Fitted({"a": np.array([{}])})}
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        write_statistics(tmp_path / "statistics.npz", {}, fitted)
    assert not list(tmp_path.iterdir())
