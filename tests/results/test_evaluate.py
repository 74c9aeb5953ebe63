import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bd_gen import files
from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.errors import InputError
from bd_gen.metrics import compute_metrics, metric_versions
from bd_gen.results.evaluate import evaluate_method
from bd_gen.results.references import References
from bd_gen.results.result_file import read_result
from bd_gen.results.samples_file import Samples, samples_path, write_samples

Make = Callable[..., Samples]

DATA = DataConfig(num_plans=200)
PROVENANCE = {
    "checkpoint_sha256": "c1",
    "git_commit": "abc",
    "data": {"num_plans": 200},
    "denoising": {"denoise/val_elbo": 14.0},
}


@pytest.fixture(scope="module")
def references() -> References:
    return References()


@pytest.fixture
def path(tmp_path: Path, make_samples: Make) -> Path:
    path = samples_path(tmp_path, "a")
    write_samples(path, make_samples("a", provenance=PROVENANCE))
    return path


def test_every_metric_is_computed_for_every_seed(
    path: Path, make_samples: Make, references: References
) -> None:
    calls: list[tuple[int, int]] = []
    done = evaluate_method(path, references, lambda *call: calls.append(call))
    assert done.path == path.with_name("a.json")
    assert read_result(done.path) == done.result
    assert calls == [(1, 2), (2, 2)]
    samples = make_samples("a")
    statistics = references.for_data(DATA).statistics
    values = []
    for seed in (42, 123):
        expected = compute_metrics(samples.per_seed[seed].tokens, samples.vocabulary, statistics)
        assert done.result.per_seed[str(seed)] == expected
        values.append(expected["eval/node_js"])
    assert done.result.summary["eval/node_js"] == {
        "mean": float(np.mean(values)),
        "std": float(np.std(values)),
    }
    assert done.result.denoising == PROVENANCE["denoising"]
    assert done.result.config["num_samples"] == 20


def test_the_file_says_where_its_numbers_come_from(path: Path, references: References) -> None:
    provenance = evaluate_method(path, references).result.provenance
    assert provenance["checkpoint_sha256"] == "c1"
    assert provenance["git_commit"] == "abc"
    assert provenance["data_fingerprint"] == load_dataset(DATA).fingerprint
    assert provenance["metric_versions"] == metric_versions()
    assert provenance["sample_counts"] == {"42": 20, "123": 20}
    assert len(provenance["samples_sha256"]) == 64
    assert provenance["generation"] == {k: v for k, v in PROVENANCE.items() if k != "denoising"}


def test_evaluating_again_changes_nothing_but_the_time(path: Path, references: References) -> None:
    def content() -> dict:
        fields = json.loads(evaluate_method(path, references).path.read_text())
        return {key: value for key, value in fields.items() if key != "timestamp"}

    first = content()
    assert content() == first


def test_what_others_added_survives(path: Path, references: References) -> None:
    result = evaluate_method(path, references).path
    fields = json.loads(result.read_text()) | {"comment": "kept", "ci95": {"a": [0, 1]}}
    fields["per_seed"]["42"]["later/metric"] = 1.0
    fields["per_seed"]["123"]["later/metric"] = 3.0
    fields["per_seed"]["42"]["eval/node_js"] = 99.0
    result.write_text(json.dumps(fields))
    again = evaluate_method(path, references).result
    assert again.fields["comment"] == "kept"
    assert again.fields["ci95"] == {"a": [0, 1]}
    assert again.summary["later/metric"] == {"mean": 2.0, "std": 1.0}
    assert again.per_seed["42"]["eval/node_js"] < 1


def test_numbers_of_other_tokens_do_not_survive(
    path: Path, make_samples: Make, references: References
) -> None:
    result = evaluate_method(path, references).path
    fields = json.loads(result.read_text())
    fields["per_seed"]["42"]["later/metric"] = 1.0
    result.write_text(json.dumps(fields))
    write_samples(path, make_samples("a", num_samples=7, provenance=PROVENANCE))
    again = evaluate_method(path, references)
    assert "later/metric" not in again.result.summary
    assert again.result.config["num_samples"] == 7
    assert again.notes == ("config/num_samples: 20 before, now 7 as in the samples",)


def test_another_checkpoint_takes_config_and_denoising_with_it(
    path: Path, make_samples: Make, references: References
) -> None:
    evaluate_method(path, references)
    provenance = PROVENANCE | {"checkpoint_sha256": "c2", "denoising": {"denoise/val_elbo": 9.0}}
    write_samples(path, make_samples("a", provenance=provenance))
    again = evaluate_method(path, references)
    assert again.result.denoising == {"denoise/val_elbo": 9.0}
    assert "another checkpoint than before" in again.notes[0]


def test_a_published_result_keeps_config_and_denoising(
    dev_data: Path, tmp_path: Path, make_samples: Make, references: References
) -> None:
    name = "llada_topp0.9_remdm_cap_eta0.4"
    text = (dev_data / "reference" / "results" / f"{name}.json").read_text()
    published = json.loads(text)
    (tmp_path / f"{name}.json").write_text(text)
    samples = make_samples(
        name,
        seeds=tuple(published["config"]["seeds"]),
        num_samples=1000,
        config=published["config"],
        provenance=PROVENANCE,
    )
    write_samples(samples_path(tmp_path, name), samples)
    done = evaluate_method(samples_path(tmp_path, name), references)
    assert done.result.config == published["config"]
    for key, value in published["denoising"].items():
        assert done.result.denoising[key] == value
    assert done.notes == ()
    assert set(published["summary"]) <= set(done.result.summary) | {
        key for key in published["summary"] if "_by_num_rooms/" in key
    }


def test_the_name_of_the_file_counts(
    tmp_path: Path, make_samples: Make, references: References
) -> None:
    path = samples_path(tmp_path, "b")
    write_samples(path, make_samples("a", provenance=PROVENANCE))
    done = evaluate_method(path, references)
    assert (done.path.name, done.result.method) == ("b.json", "b")
    assert done.notes == ("the samples were written for method 'a'",)


@pytest.mark.parametrize("damaged", ["samples", "result"])
def test_a_damaged_file_changes_nothing(path: Path, references: References, damaged: str) -> None:
    result = evaluate_method(path, references).path
    broken = path if damaged == "samples" else result
    broken.write_bytes(broken.read_bytes()[:-100])
    before = path.read_bytes(), result.read_bytes()
    with pytest.raises(InputError, match=broken.name):
        evaluate_method(path, references)
    assert (path.read_bytes(), result.read_bytes()) == before


def test_a_full_disk_leaves_the_old_result(
    path: Path, references: References, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = evaluate_method(path, references).path
    before = result.read_bytes()

    def no_room(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", no_room)
    with pytest.raises(InputError, match=r"a\.json: cannot be written \(No space left"):
        evaluate_method(path, references)
    assert result.read_bytes() == before
    assert sorted(p.name for p in path.parent.iterdir()) == ["a.json", "a_samples.pt"]


def test_the_name_of_real_plans_is_reserved(
    tmp_path: Path, make_samples: Make, references: References
) -> None:
    path = samples_path(tmp_path, "real_held_out")
    write_samples(path, make_samples(provenance=PROVENANCE))
    with pytest.raises(InputError, match="the name real_held_out is reserved"):
        evaluate_method(path, references)


def test_samples_of_nothing_but_mask_are_measured(
    tmp_path: Path, make_samples: Make, references: References
) -> None:
    samples = make_samples("a", provenance=PROVENANCE)
    for part in samples.per_seed.values():
        part.tokens[part.pad_masks] = np.broadcast_to(
            samples.vocabulary.mask_row, part.tokens.shape
        )[part.pad_masks]
    write_samples(samples_path(tmp_path, "a"), samples)
    result = evaluate_method(samples_path(tmp_path, "a"), references).result
    assert result.summary["eval/no_mask_rate"]["mean"] == 0.0
    assert result.summary["eval/validity_rate"]["mean"] == 0.0
