import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bd_gen.data.cache import file_hash
from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.metrics import METRICS, DiagramSet, MetricKey, compute_metrics, metric, metric_versions
from bd_gen.metrics.compute import sample_columns
from bd_gen.metrics.intervals import wilson
from bd_gen.metrics.samples import passes
from bd_gen.results import evaluate as module
from bd_gen.results.evaluate import Evaluation, evaluate_method
from bd_gen.results.finding import read_table
from bd_gen.results.references import References
from bd_gen.results.result_file import read_result
from bd_gen.results.sample_table import read_sample_table, table_path
from bd_gen.results.samples_file import Samples, samples_path, write_samples
from bd_gen.system import files
from bd_gen.system.errors import InputError

Make = Callable[..., Samples]

DATA = DataConfig(num_plans=200)
PROVENANCE = {
    "checkpoint_sha256": "c1",
    "git_commit": "abc",
    "data": {"num_plans": 200, "split": "canonical"},
    "denoising": {"denoise/val_elbo": 14.0},
}
FEW = ("validity", "distribution", "novelty")
"""Enough metrics where it does not matter which they are."""


@pytest.fixture(scope="module")
def references() -> References:
    return References()


@pytest.fixture
def path(tmp_path: Path, make_samples: Make) -> Path:
    path = samples_path(tmp_path, "a")
    write_samples(path, make_samples("a", provenance=PROVENANCE))
    return path


@pytest.fixture
def evaluated(references: References) -> Callable[..., Evaluation]:
    """Evaluates a few metrics of a samples file."""

    def evaluate(path: Path, names: tuple[str, ...] | None = FEW, **how: object) -> Evaluation:
        return evaluate_method(path, references, names=names, **how)

    return evaluate


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict]:
    """The registry, put back after the test."""
    before = dict(METRICS)
    yield METRICS
    METRICS.clear()
    METRICS.update(before)


def contents(path: Path) -> dict:
    """What stands in a result file, but for the time."""
    fields = json.loads(path.read_text())
    # A table holds the time, too, so its hash is another one each time.
    del fields["timestamp"]
    fields["provenance"].pop("table_sha256", None)
    return fields


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_every_metric_is_computed_for_every_seed(
    path: Path, make_samples: Make, references: References
) -> None:
    calls: list[tuple[int, int]] = []
    done = evaluate_method(path, references, lambda *call: calls.append(call))
    assert done.path == path.with_name("a.json")
    assert read_result(done.path) == done.result
    assert calls == sorted(calls)
    assert calls[-1] == (40, 40)
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
    assert done.computed == tuple(metric_versions())
    assert done.kept == ()
    assert done.action == f"{len(done.computed)} metrics computed"


def test_every_number_has_an_interval(path: Path, evaluated: Callable) -> None:
    result = evaluated(path, None).result
    scalars = {k for k, v in result.per_seed["42"].items() if not isinstance(v, dict)}
    assert set(result.ci95) == scalars
    for key, interval in result.ci95.items():
        assert set(interval) == {"low", "high", "se", "from"}
        assert interval["low"] <= result.summary[key]["mean"] <= interval["high"]
    valid = round(result.summary["eval/validity_rate"]["mean"] * 40)
    interval = result.ci95["eval/validity_rate"]
    assert interval["from"] == "wilson"
    assert (interval["low"], interval["high"]) == pytest.approx(wilson(valid, 40))


def test_every_sample_has_a_row(path: Path, make_samples: Make, references: References) -> None:
    result = evaluate_method(path, references).result
    table = read_sample_table(table_path(path.parent, "a"))
    samples = make_samples("a")
    assert list(table.columns)[:2] == ["seed", "sample"]
    assert table.columns["seed"].tolist() == [42] * 20 + [123] * 20
    assert table.columns["sample"].tolist() == [*range(20), *range(20)]
    statistics = references.for_data(DATA).statistics
    rows = DiagramSet(samples.per_seed[123].tokens, samples.vocabulary)
    names = {"seed", "sample"}
    measured = [entry for entry in METRICS.values() if entry.of == "tokens"]
    for entry in measured:
        for name, column in sample_columns(entry, rows, statistics).items():
            assert table.columns[name][20:].tolist() == column.tolist()
            names.add(name)
    assert set(table.columns) == names
    for entry in measured:
        for key in entry.keys:
            if key.column:
                of_seed = passes(key, table.columns[key.column][:20]).mean()
                assert of_seed == pytest.approx(result.per_seed["42"][key.name], abs=1e-12)
    assert table.metadata["samples_sha256"] == result.provenance["samples_sha256"]
    with_columns = {entry.name for entry in measured if entry.per_sample}
    assert set(table.metric_versions) == with_columns


def test_the_files_say_where_their_numbers_come_from(path: Path, evaluated: Callable) -> None:
    result = evaluated(path).result
    provenance = result.provenance
    assert provenance["checkpoint_sha256"] == "c1"
    assert provenance["git_commit"] == "abc"
    assert provenance["data_fingerprint"] == load_dataset(DATA).fingerprint
    assert provenance["metric_versions"] == metric_versions(FEW)
    assert provenance["sample_counts"] == {"42": 20, "123": 20}
    assert len(provenance["samples_sha256"]) == 64
    assert provenance["generation"] == {k: v for k, v in PROVENANCE.items() if k != "denoising"}
    assert {"package_version", "evaluation_git_commit", "host"} <= set(provenance)
    table = read_sample_table(table_path(path.parent, "a"))
    own = {"metric_versions": table.metric_versions, "method": "a", "config": result.config}
    own |= {"timestamp": result.timestamp, "format_version": 1}
    assert table.metadata | {"table_sha256": file_hash(table_path(path.parent, "a"))} == (
        provenance | own
    )


def test_what_is_up_to_date_is_not_touched(path: Path, evaluated: Callable) -> None:
    first = evaluated(path)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in path.parent.iterdir()}
    again = evaluated(path)
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in path.parent.iterdir()} == before
    assert (again.action, again.computed, again.kept) == ("up to date", (), first.computed)
    assert again.result == first.result


def test_what_is_up_to_date_needs_neither_tokens_nor_statistics(
    path: Path, make_samples: Make, evaluated: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    provenance = PROVENANCE | {"data_fingerprint": load_dataset(DATA).fingerprint}
    write_samples(path, make_samples("a", provenance=provenance))
    evaluated(path)
    monkeypatch.setattr(module, "read_samples", None)
    monkeypatch.setattr(References, "for_samples", None)
    assert evaluated(path).action == "up to date"


def test_force_computes_everything_again_with_the_same_result(
    path: Path, evaluated: Callable
) -> None:
    evaluated(path)
    first = contents(path.with_name("a.json"))
    again = evaluated(path, force=True)
    assert again.computed == tuple(metric_versions(FEW))
    assert contents(again.path) == first


def test_only_another_version_is_computed_again(
    path: Path, evaluated: Callable, registry: dict
) -> None:
    result = evaluated(path).path
    first = contents(result)
    compute = METRICS["validity"].compute
    asked = []

    def other(samples: DiagramSet) -> dict:
        asked.append(len(samples))
        return {**compute(samples), "eval/validity_rate": 0.125}

    def refuse(*_: object) -> dict:
        raise AssertionError("this metric was not to be computed")

    registry["validity"] = replace(METRICS["validity"], compute=other, version=7)
    for name in ("distribution", "novelty"):
        registry[name] = replace(METRICS[name], compute=refuse, resample=refuse)
    done = evaluated(path)
    assert asked == [20, 20]
    assert done.action == "1 metric refreshed, 2 kept"
    second = contents(result)
    assert second["per_seed"]["42"].pop("eval/validity_rate") == 0.125
    assert first["per_seed"]["42"].pop("eval/validity_rate") != 0.125
    assert second["per_seed"]["42"] == first["per_seed"]["42"]
    assert second["summary"]["eval/validity_rate"] == {"mean": 0.125, "std": 0.0}
    assert second["ci95"]["eval/validity_rate"] != first["ci95"]["eval/validity_rate"]
    assert second["ci95"]["eval/node_js"] == first["ci95"]["eval/node_js"]
    versions = second["provenance"]["metric_versions"]
    assert versions == first["provenance"]["metric_versions"] | {"validity": 7}
    assert evaluated(path).action == "up to date"


def test_a_new_metric_is_added_to_what_is_there(
    path: Path, evaluated: Callable, registry: dict
) -> None:
    first = evaluated(path).result

    @metric(
        family="Validity",
        keys=(MetricKey("eval/kitchen_rate", "Kitchen", "higher", "rate", column="kitchen"),),
        per_sample=lambda samples: {"kitchen": (samples.room_types == 2).any(axis=1)},
    )
    def kitchens(samples: DiagramSet) -> dict[str, float]:
        return {"eval/kitchen_rate": float((samples.room_types == 2).any(axis=1).mean())}

    done = evaluated(path, (*FEW, "kitchens"))
    assert (done.computed, done.kept) == (("kitchens",), tuple(metric_versions(FEW)))
    assert done.result.summary["eval/node_js"] == first.summary["eval/node_js"]
    assert done.result.ci95["eval/kitchen_rate"]["from"] == "wilson"
    table = read_sample_table(table_path(path.parent, "a"))
    assert table.columns["kitchen"].mean() == done.result.summary["eval/kitchen_rate"]["mean"]
    assert {"valid", "novel", "kitchen"} <= set(table.columns)


def test_the_way_there_does_not_show(
    path: Path, make_samples: Make, references: References, tmp_path: Path
) -> None:
    other = samples_path(tmp_path / "other", "a")
    other.parent.mkdir()
    other.write_bytes(path.read_bytes())
    evaluate_method(path, references, names=FEW)
    for name in reversed(FEW):
        evaluate_method(other, references, names=[name])
    assert contents(path.with_name("a.json")) == contents(other.with_name("a.json"))
    tables = [read_sample_table(table_path(p.parent, "a")) for p in (path, other)]
    assert list(tables[0].columns) == list(tables[1].columns)
    for name, column in tables[0].columns.items():
        assert column.tolist() == tables[1].columns[name].tolist()


@pytest.mark.parametrize("damage", ["missing", "cut short"])
def test_a_table_that_is_gone_is_made_again(path: Path, evaluated: Callable, damage: str) -> None:
    result = contents(evaluated(path).path)
    table = table_path(path.parent, "a")
    whole = read_sample_table(table).columns
    table.unlink() if damage == "missing" else table.write_bytes(table.read_bytes()[:-9])
    done = evaluated(path)
    assert done.computed == ("novelty", "validity")
    assert contents(done.path) == result
    again = read_sample_table(table).columns
    assert {k: v.tolist() for k, v in again.items()} == {k: v.tolist() for k, v in whole.items()}


def test_a_result_without_intervals_is_renewed(path: Path, evaluated: Callable) -> None:
    first = evaluated(path)
    fields = json.loads(first.path.read_text())
    del fields["ci95"], fields["provenance"]["intervals_version"]
    first.path.write_text(json.dumps(fields))
    done = evaluated(path)
    assert done.computed == first.computed
    assert done.result.ci95 == first.result.ci95


def test_other_samples_take_all_numbers_along(
    path: Path, make_samples: Make, evaluated: Callable
) -> None:
    """Whoever asks for one metric of new samples must not lose the others, nor keep the old."""
    result = evaluated(path).path
    fields = json.loads(result.read_text())
    fields["per_seed"]["42"]["later/metric"] = 1.0
    result.write_text(json.dumps(fields))
    write_samples(path, make_samples("a", num_samples=7, provenance=PROVENANCE))
    again = evaluated(path, ("novelty",))
    assert again.computed == tuple(metric_versions(FEW))
    assert "later/metric" not in again.result.summary
    assert again.result.config["num_samples"] == 7
    assert again.notes == ("config/num_samples: 20 before, now 7 as in the samples",)
    table = read_sample_table(table_path(path.parent, "a"))
    assert len(table) == 14
    assert {"valid", "novel"} <= set(table.columns)


def test_other_data_take_all_numbers_along(path: Path, evaluated: Callable) -> None:
    first = evaluated(path).result
    other = References(DataConfig(num_plans=150))
    done = evaluate_method(path, other, names=["novelty"])
    assert done.computed == tuple(metric_versions(FEW))
    assert done.result.summary["eval/node_js"] != first.summary["eval/node_js"]
    assert evaluate_method(path, other, names=FEW).action == "up to date"


def test_what_others_added_survives(path: Path, evaluated: Callable) -> None:
    result = evaluated(path).path
    fields = json.loads(result.read_text()) | {"comment": "kept"}
    interval = {"low": 0.0, "high": 4.0, "se": 1.0, "from": "somewhere"}
    fields["ci95"]["later/metric"] = interval
    fields["provenance"]["metric_versions"]["later"] = 3
    fields["per_seed"]["42"]["later/metric"] = 1.0
    fields["per_seed"]["123"]["later/metric"] = 3.0
    fields["per_seed"]["42"]["eval/node_js"] = 99.0
    result.write_text(json.dumps(fields))
    again = evaluated(path, force=True).result
    assert again.fields["comment"] == "kept"
    assert again.summary["later/metric"] == {"mean": 2.0, "std": 1.0}
    assert again.ci95["later/metric"] == interval
    assert again.provenance["metric_versions"]["later"] == 3
    assert again.per_seed["42"]["eval/node_js"] < 1


def test_another_checkpoint_takes_config_and_denoising_with_it(
    path: Path, make_samples: Make, evaluated: Callable
) -> None:
    evaluated(path)
    provenance = PROVENANCE | {"checkpoint_sha256": "c2", "denoising": {"denoise/val_elbo": 9.0}}
    write_samples(path, make_samples("a", provenance=provenance))
    again = evaluated(path)
    assert again.result.denoising == {"denoise/val_elbo": 9.0}
    assert "another checkpoint than before" in again.notes[0]


def test_settings_that_were_edited_are_put_right_without_computing(
    path: Path, evaluated: Callable
) -> None:
    result = evaluated(path).path
    edit(result, config={"sampling_steps": 7})
    done = evaluated(path)
    assert done.computed == ()
    assert done.action == "config or denoising renewed"
    assert done.notes == ("config/sampling_steps: 7 before, now 100 as in the samples",)
    assert read_result(result).config["sampling_steps"] == 100


@pytest.mark.parametrize("checkpoint", [None, "c1"])
def test_published_denoising_scores_stay_only_with_published_samples(
    dev_data: Path,
    tmp_path: Path,
    make_samples: Make,
    references: References,
    checkpoint: str | None,
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
        provenance=PROVENANCE | {"checkpoint_sha256": checkpoint},
    )
    write_samples(samples_path(tmp_path, name), samples)
    # Asking for one metric brings all that the file has: its numbers may be of other samples.
    done = evaluate_method(samples_path(tmp_path, name), references, names=["novelty"])
    assert done.result.config == published["config"]
    own = PROVENANCE["denoising"]
    if checkpoint is None:  # the samples may be those of the published model
        assert done.result.denoising == published["denoising"] | own
        assert done.notes == ()
    else:
        assert done.result.denoising == own
        assert done.notes == (
            "the result did not say of which checkpoint it was: config is now that of the "
            "samples, 20 denoise values are replaced by 1 of the samples",
        )
    assert set(published["summary"]) <= set(done.result.summary) | {
        key for key in published["summary"] if "_by_num_rooms/" in key
    }


def test_the_name_of_the_file_counts(
    tmp_path: Path, make_samples: Make, evaluated: Callable
) -> None:
    path = samples_path(tmp_path, "b")
    write_samples(path, make_samples("a", provenance=PROVENANCE))
    for _ in range(2):
        done = evaluated(path)
        assert (done.path.name, done.result.method) == ("b.json", "b")
        assert done.notes == ("the samples were written for method 'a'",)


@pytest.mark.parametrize("damaged", ["samples", "result"])
def test_a_damaged_file_changes_nothing(path: Path, evaluated: Callable, damaged: str) -> None:
    result = evaluated(path).path
    broken = path if damaged == "samples" else result
    broken.write_bytes(broken.read_bytes()[:-100])
    before = path.read_bytes(), result.read_bytes()
    with pytest.raises(InputError, match=broken.name):
        evaluated(path)
    assert (path.read_bytes(), result.read_bytes()) == before


def test_a_full_disk_leaves_the_old_files(
    path: Path, evaluated: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluated(path)
    before = {p: p.read_bytes() for p in path.parent.iterdir()}

    def no_room(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", no_room)
    with pytest.raises(InputError, match=r"a_per_sample\.parquet: cannot be written \(No space"):
        evaluated(path, force=True)
    with pytest.raises(InputError, match=r"a\.json: cannot be written \(No space left"):
        evaluated(path, ("distribution",), force=True)
    assert {p: p.read_bytes() for p in path.parent.iterdir()} == before


def test_ctrl_c_in_the_middle_of_a_seed_leaves_the_old_files(
    path: Path, evaluated: Callable, references: References
) -> None:
    evaluated(path)
    before = {file: file.read_bytes() for file in path.parent.iterdir()}

    def pressed(done: int, total: int) -> None:
        if 2 * done > total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate_method(path, references, pressed, force=True)
    assert {file: file.read_bytes() for file in path.parent.iterdir()} == before


def test_the_name_of_real_plans_is_reserved(
    tmp_path: Path, make_samples: Make, evaluated: Callable
) -> None:
    path = samples_path(tmp_path, "real_held_out")
    write_samples(path, make_samples(provenance=PROVENANCE))
    with pytest.raises(InputError, match="real_held_out"):
        evaluated(path)


def test_samples_of_nothing_but_mask_are_measured(
    tmp_path: Path, make_samples: Make, evaluated: Callable
) -> None:
    samples = make_samples("a", provenance=PROVENANCE)
    for part in samples.per_seed.values():
        part.tokens[part.pad_masks] = np.broadcast_to(
            samples.vocabulary.mask_row, part.tokens.shape
        )[part.pad_masks]
    write_samples(samples_path(tmp_path, "a"), samples)
    result = evaluated(samples_path(tmp_path, "a"), None).result
    assert result.summary["eval/no_mask_rate"]["mean"] == 0.0
    assert result.summary["eval/validity_rate"]["mean"] == 0.0


def test_the_result_knows_the_table_that_was_written_with_it(
    path: Path, evaluated: Callable
) -> None:
    evaluated(path)
    table, result = table_path(path.parent, "a"), path.with_name("a.json")
    recorded = read_result(result).provenance["table_sha256"]
    assert recorded == file_hash(table)
    # What needs no table leaves it, and its hash, where they are.
    whole = table.read_bytes()
    evaluated(path, (*FEW, "fixed_mmd"))
    assert read_result(result).provenance["table_sha256"] == file_hash(table)
    # Any other byte, even one that Parquet reads without complaint, makes it another file.
    table.write_bytes(whole + b"\0")
    with pytest.raises(InputError, match="is damaged, or not the table of its result"):
        read_table(path.parent, "a")
    assert evaluated(path).computed
    assert read_result(result).provenance["table_sha256"] == file_hash(table)
    assert len(read_table(path.parent, "a"))


def test_a_table_of_an_old_result_has_no_hash_to_compare(path: Path, evaluated: Callable) -> None:
    evaluated(path)
    result = path.with_name("a.json")
    fields = json.loads(result.read_text())
    del fields["provenance"]["table_sha256"]
    result.write_text(json.dumps(fields))
    assert len(read_table(path.parent, "a"))
    assert not evaluated(path).computed
