import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.report.conftest import write_method

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_dataset
from bd_gen.report.contents import read_contents
from bd_gen.results.columns import MARGINALS, REAL
from bd_gen.results.samples_file import Samples
from bd_gen.system.errors import InputError


@pytest.fixture
def copy(directory: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(directory, tmp_path / "copy"))


def test_rows_are_numbered_below_the_real_diagrams(directory: Path) -> None:
    contents = read_contents(directory)
    assert [(e.number, e.kind) for e in contents.entries] == [
        (0, "real"), (1, "baseline"), (2, "method"), (3, "method"), (4, "method"),
    ]  # fmt: skip
    assert contents.entries[0].name == REAL
    assert contents.entries[1].name == MARGINALS
    assert all(entry.samples is not None and not entry.notes for entry in contents.entries)


def test_a_damaged_file_is_named_and_the_rest_goes_on(copy: Path) -> None:
    (copy / "v2_learned_samples.pt").write_bytes(b"rubbish")
    (copy / "llada_argmax_no_remask.json").write_text("{")
    contents = read_contents(copy)
    assert len(contents.problems) == 2
    assert len(contents.entries) == 4
    learned = next(e for e in contents.entries if e.name == "v2_learned")
    assert learned.samples is None
    assert learned.notes


def test_samples_that_were_not_measured_are_noticed(copy: Path) -> None:
    shutil.copy(copy / f"{MARGINALS}_samples.pt", copy / "v2_learned_samples.pt")
    learned = next(e for e in read_contents(copy).entries if e.name == "v2_learned")
    assert learned.notes
    assert "evaluate it again" in learned.notes[0]


def test_samples_without_a_result_are_noticed(copy: Path) -> None:
    (copy / "v2_learned.json").unlink()
    warnings = read_contents(copy).warnings
    assert any("v2_learned: samples without a result" in warning for warning in warnings)


def test_unlike_rows_bring_a_warning(copy: Path, make_samples: Callable[..., Samples]) -> None:
    write_method(copy, make_samples(method="other", seeds=(1,), num_samples=7), 0.5)
    assert any("numbers of samples" in warning for warning in read_contents(copy).warnings)


def test_nothing_to_report_on(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no result file to report on"):
        read_contents(tmp_path)
    with pytest.raises(InputError, match="no such results directory"):
        read_contents(tmp_path / "missing")


def test_real_diagrams_come_from_the_data_set_where_their_samples_are_missing(
    tmp_path: Path, make_samples: Callable[..., Samples]
) -> None:
    data = DataConfig(num_plans=300)
    dataset = load_dataset(data)
    named = {"data": {"source": "synthetic", "num_plans": 300, "split": "canonical"}}
    samples = make_samples(provenance=named)
    provenance = {"data_fingerprint": dataset.fingerprint}
    write_method(tmp_path, samples, 0.5, provenance=provenance)
    found = read_contents(tmp_path).diagrams[REAL]
    assert len(found.rows) == len(dataset.test)
    assert found.name(3) == "held-out plan 3"
    write_method(tmp_path, samples, 0.5, provenance={"data_fingerprint": "0" * 16})
    assert REAL not in read_contents(tmp_path).diagrams


def test_other_data_than_those_that_were_measured_are_told(copy: Path) -> None:
    for path in copy.glob("real_held_out*"):
        path.unlink()
    contents = read_contents(copy, DataConfig(num_plans=50))
    assert "the given data are not those that" in " ".join(contents.warnings)
