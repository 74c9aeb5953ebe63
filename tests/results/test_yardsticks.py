import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.results.columns import MARGINALS, MEMORISER, REAL, YARDSTICKS, read_columns
from bd_gen.results.evaluate import evaluate_method
from bd_gen.results.references import References
from bd_gen.results.result_file import read_result
from bd_gen.results.samples_file import Samples, read_samples, samples_path, write_samples
from bd_gen.results.yardsticks import evaluate_baselines, evaluate_real, write_yardsticks
from bd_gen.system.errors import InputError

Make = Callable[..., Samples]

DATA = DataConfig(num_plans=300)


@pytest.fixture(scope="module")
def references() -> References:
    return References()


@pytest.fixture
def directory(make_samples: Make, tmp_path: Path) -> Path:
    """A results directory with samples of one method, two seeds of 3."""
    samples = make_samples(
        "a",
        seeds=(5, 6),
        num_samples=3,
        provenance={"data": {"num_plans": 300, "split": "canonical"}},
    )
    write_samples(samples_path(tmp_path, "a"), samples)
    return tmp_path


def test_the_files_are_like_those_of_the_methods(directory: Path, references: References) -> None:
    written = write_yardsticks(directory, YARDSTICKS, references)
    assert [done.path for done in written] == [samples_path(directory, n) for n in YARDSTICKS]
    fingerprint = load_dataset(DATA).fingerprint
    for name, done in zip(YARDSTICKS, written, strict=True):
        samples = read_samples(done.path)
        assert (samples.method, samples.seeds, samples.num_samples) == (name, (5, 6), 3)
        assert samples.provenance["yardstick"] == name
        assert samples.provenance["data"]["num_plans"] == 300
        assert "cache_dir" not in samples.provenance["data"]
        assert samples.provenance["data_fingerprint"] == fingerprint
        assert samples.provenance["package_version"]
        five, six = (part.tokens for part in samples.per_seed.values())
        assert not np.array_equal(five, six)
    assert read_samples(written[0].path).config["training_plans_removed"] >= 0


def test_they_are_evaluated_like_methods_and_come_first(
    directory: Path, references: References
) -> None:
    real = evaluate_real(directory, references)
    memoriser, marginals = evaluate_baselines(directory, references)
    method = evaluate_method(samples_path(directory, "a"), references)
    assert [column.name for column in read_columns(directory)[0]] == [*YARDSTICKS, "a"]
    for done, name in ((real, REAL), (memoriser, MEMORISER), (marginals, MARGINALS)):
        assert read_result(done.path) == done.result
        assert done.result.method == name
        assert set(done.result.summary) >= set(method.result.ci95)
    assert real.result.summary["eval/validity_rate"]["mean"] == 1.0
    assert real.result.summary["eval/novelty"]["mean"] == 1.0
    assert memoriser.result.summary["eval/novelty"]["mean"] == 0.0
    again = evaluate_real(directory, references, DATA)
    assert again.result.summary == real.result.summary


def test_what_is_there_already_is_not_written_again(
    directory: Path, references: References
) -> None:
    written = write_yardsticks(directory, YARDSTICKS, references)
    before = [(done.path.read_bytes(), done.path.stat().st_mtime_ns) for done in written]
    again = write_yardsticks(directory, YARDSTICKS, references, DATA)
    assert again == written
    assert [(d.path.read_bytes(), d.path.stat().st_mtime_ns) for d in again] == before
    write_yardsticks(directory, (MEMORISER,), references, dataclasses.replace(DATA, split_seed=7))
    assert written[1].path.read_bytes() != before[1][0]


def test_other_seeds_are_written(
    make_samples: Make, directory: Path, references: References
) -> None:
    (first,) = write_yardsticks(directory, (MARGINALS,), references)
    old = read_samples(first.path)
    more = make_samples(
        "a",
        seeds=(6, 7),
        num_samples=3,
        provenance={"data": {"num_plans": 300, "split": "canonical"}},
    )
    write_samples(samples_path(directory, "a"), more)
    write_yardsticks(directory, (MARGINALS,), references)
    new = read_samples(first.path)
    assert new.seeds == (6, 7)
    np.testing.assert_array_equal(new.per_seed[6].tokens, old.per_seed[6].tokens)


def test_a_test_split_that_is_too_small_is_told(references: References, tmp_path: Path) -> None:
    (real,) = write_yardsticks(tmp_path, (REAL,), references, DATA)
    samples = read_samples(real.path)
    removed = samples.config["training_plans_removed"]
    size = (len(load_dataset(DATA).test) - removed) // 5
    assert (len(samples.seeds), samples.num_samples) == (5, size)
    assert real.notes[-1] == f"there are only {size} held-out plans a seed, not 1000"


def test_what_was_left_out_is_told(
    references: References, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = load_dataset(DATA)
    tokens = dataset.tokens.copy()
    tokens[dataset.split.test[:2]] = tokens[dataset.split.train[0]]
    changed = dataclasses.replace(dataset, tokens=tokens)
    monkeypatch.setattr(References, "dataset", lambda *_: changed)
    (real,) = write_yardsticks(tmp_path, (REAL,), references, DATA)
    removed = read_samples(real.path).config["training_plans_removed"]
    assert removed >= 2
    assert real.notes[0] == (
        f"{removed} of {len(dataset.test)} held-out plans are in training token for token and "
        "were left out"
    )


def test_a_reserved_name_is_not_taken_from_others(
    make_samples: Make, directory: Path, references: References
) -> None:
    path = samples_path(directory, MEMORISER)
    write_samples(path, make_samples(MEMORISER, seeds=(5, 6), num_samples=3))
    before = path.read_bytes()
    with pytest.raises(InputError, match="baseline_memoriser is reserved for a baseline; rename"):
        write_yardsticks(directory, (MEMORISER,), references)
    with pytest.raises(InputError, match="baseline_memoriser is reserved for a baseline; rename"):
        evaluate_method(path, references)
    assert path.read_bytes() == before


def test_what_is_unknown_in_an_old_file_survives(directory: Path, references: References) -> None:
    path = evaluate_real(directory, references).path
    fields = json.loads(path.read_text())
    del fields["provenance"]["samples_sha256"]
    path.write_text(json.dumps(fields | {"comment": "kept"}))
    assert evaluate_real(directory, references).result.fields["comment"] == "kept"


def test_without_any_data_there_is_a_clear_word(references: References, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no samples that name their data; give it"):
        write_yardsticks(tmp_path, (REAL,), references)
    with pytest.raises(InputError, match="there is no such results directory"):
        write_yardsticks(tmp_path / "x", (REAL,), references, DATA)
