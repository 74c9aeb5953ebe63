import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.errors import InputError
from bd_gen.metrics import compute_metrics
from bd_gen.results.columns import REAL, read_columns
from bd_gen.results.floor import evaluate_real, held_out_result
from bd_gen.results.references import References
from bd_gen.results.result_file import read_result
from bd_gen.results.samples_file import Samples, write_samples

Make = Callable[..., Samples]

DATA = DataConfig(num_plans=300)


@pytest.fixture(scope="module")
def references() -> References:
    return References()


def test_disjoint_chunks_of_the_test_split_are_measured(
    references: References, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = load_dataset(DATA)
    seen: list[np.ndarray] = []

    def measured(tokens: np.ndarray, *rest: object) -> dict:
        seen.append(tokens)
        return compute_metrics(tokens, *rest)

    monkeypatch.setattr("bd_gen.results.evaluate.compute_metrics", measured)
    result = held_out_result(dataset, (7, 8, 9), 4, references.for_data(DATA))
    assert (result.method, list(result.per_seed)) == (REAL, ["7", "8", "9"])
    assert result.config == {"seeds": [7, 8, 9], "num_samples": 4}
    assert [tokens.shape for tokens in seen] == [(4, 36)] * 3
    rows = sorted(map(bytes, np.concatenate(seen)))
    available = sorted(map(bytes, dataset.test))
    for row in rows:
        available.remove(row)  # raises if a row is no test row, or is taken twice
    assert result.summary["eval/validity_rate"]["mean"] == 1.0
    assert result.provenance["data_fingerprint"] == dataset.fingerprint


def test_chunks_are_as_large_as_the_test_split_allows(references: References) -> None:
    dataset = load_dataset(DATA)
    result = held_out_result(dataset, (1, 2), 10**6, references.for_data(DATA))
    assert result.config["num_samples"] == len(dataset.test) // 2
    with pytest.raises(InputError, match="held-out plans, too few for 999 chunks"):
        held_out_result(dataset, range(999), 1, references.for_data(DATA))


def test_the_column_is_like_the_others_and_comes_first(
    make_samples: Make, references: References, tmp_path: Path
) -> None:
    provenance = {"data": {"num_plans": 300}}
    samples = make_samples("a", seeds=(5, 6), num_samples=3, provenance=provenance)
    write_samples(tmp_path / "a_samples.pt", samples)
    done = evaluate_real(tmp_path, references)
    assert done.path == tmp_path / f"{REAL}.json"
    assert read_result(done.path) == done.result
    assert done.result.config == {"seeds": [5, 6], "num_samples": 3}
    assert read_columns(tmp_path)[0][0].name == REAL
    again = evaluate_real(tmp_path, references, DATA)
    assert again.result.summary == done.result.summary


def test_a_test_split_that_is_too_small_is_told(references: References, tmp_path: Path) -> None:
    done = evaluate_real(tmp_path, references, DATA)
    size = len(load_dataset(DATA).test) // 5
    assert done.result.config["num_samples"] == size
    assert done.notes == (f"there are only {size} held-out plans a seed, not 1000",)


def test_what_is_unknown_in_an_old_file_survives(references: References, tmp_path: Path) -> None:
    path = evaluate_real(tmp_path, references, DATA).path
    path.write_text(json.dumps(json.loads(path.read_text()) | {"comment": "kept"}))
    assert evaluate_real(tmp_path, references, DATA).result.fields["comment"] == "kept"


def test_without_any_data_there_is_a_clear_word(references: References, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no samples that name their data; give it"):
        evaluate_real(tmp_path, references)
    with pytest.raises(InputError, match="there is no such results directory"):
        evaluate_real(tmp_path / "x", references, DATA)
