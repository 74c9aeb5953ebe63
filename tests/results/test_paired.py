import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.metrics import metric_info
from bd_gen.metrics.differences import Difference
from bd_gen.metrics.keys import FAMILIES
from bd_gen.results.columns import MARGINALS, MEMORISER
from bd_gen.results.comparison import MAIN_KEYS
from bd_gen.results.evaluate import evaluate_method
from bd_gen.results.paired import (
    Pair,
    compare_pair,
    explanation,
    pair_tables,
    verdict,
    write_pair_csv,
)
from bd_gen.results.references import References
from bd_gen.results.result_file import read_result
from bd_gen.results.samples_file import Samples, read_samples, samples_path, write_samples
from bd_gen.results.yardsticks import write_yardsticks
from bd_gen.system.errors import InputError

Make = Callable[..., Samples]

DATA = DataConfig(num_plans=300)
NAMED = {"data": {"num_plans": 300, "split": "canonical"}}


@pytest.fixture(scope="module")
def directory(make_samples: Make, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Samples of one method, two seeds of 30, and of the two baselines; none is evaluated."""
    directory = tmp_path_factory.mktemp("results")
    fingerprint = load_dataset(DATA).fingerprint
    samples = make_samples(
        "a", seeds=(5, 6), num_samples=30, provenance=NAMED | {"data_fingerprint": fingerprint}
    )
    write_samples(samples_path(directory, "a"), samples)
    write_yardsticks(directory, (MEMORISER, MARGINALS), References())
    return directory


def test_all_keys_are_compared_the_main_ones_first(directory: Path) -> None:
    steps: list[tuple[int, int]] = []
    paths = samples_path(directory, MEMORISER), samples_path(directory, "a")
    before = sorted(directory.iterdir())
    pair = compare_pair(*paths, progress=lambda *step: steps.append(step))
    assert (pair.a, pair.b) == (MEMORISER, "a")
    assert [note.partition(":")[0] for note in pair.notes] == [MEMORISER, "a"]
    assert all("n/a, fewer than 100 samples: eval/pgd" in note for note in pair.notes)
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    keys = [difference.key for difference in pair.differences]
    main = [
        k for k in MAIN_KEYS if k.startswith("eval/") and k != "eval/pgd"
    ]  # of so few samples there is none
    assert keys[: len(main)] == main
    families = [metric_info(key).family for key in keys[len(main) :]]
    assert families == sorted(families, key=FAMILIES.index)
    assert "eval/topN" not in keys
    assert pair.num_tested == sum(d.source != "equal" for d in pair.differences)
    found = {difference.key: difference for difference in pair.differences}
    # Random rooms and relations are far from the plans that the memoriser repeats.
    assert verdict(found["eval/pair_js"], metric_info("eval/pair_js")) == "a"
    novelty = found["eval/novelty"]
    assert (novelty.a, novelty.b) == (0.0, 1.0)
    assert verdict(novelty, metric_info("eval/novelty")) == "b"
    assert sorted(directory.iterdir()) == before  # nothing is written


def test_results_that_are_up_to_date_are_used(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = []
    for name in (MEMORISER, MARGINALS):
        path = samples_path(tmp_path, name)
        path.write_bytes(samples_path(directory, name).read_bytes())
        evaluate_method(path, References())
        paths.append(path)
    anew = compare_pair(*(samples_path(directory, n) for n in (MEMORISER, MARGINALS)))

    def never(*_: object) -> None:
        raise AssertionError("there is nothing to compute")

    monkeypatch.setattr("bd_gen.results.paired.measure_values", never)
    assert compare_pair(*paths) == anew


def test_what_is_out_of_date_is_computed_anew_and_told(directory: Path, tmp_path: Path) -> None:
    paths = [samples_path(tmp_path, name) for name in (MEMORISER, MARGINALS)]
    for path in paths:
        path.write_bytes(
            samples_path(directory, path.name.removesuffix("_samples.pt")).read_bytes()
        )
    file = evaluate_method(paths[0], References()).path
    fields = json.loads(file.read_text())
    fields["provenance"]["metric_versions"]["pairs"] = 0
    for entry in fields["per_seed"].values():
        entry["eval/pair_js"] = 17.0
    file.write_text(json.dumps(fields))
    pair = compare_pair(*paths)
    note, *missing = pair.notes
    assert all(": n/a, fewer than 100 samples: " in one for one in missing)
    assert note == (
        f"{MEMORISER}: its result file is out of date (pairs): computed anew here, "
        "`bd-gen evaluate` writes it"
    )
    (found,) = (d for d in pair.differences if d.key == "eval/pair_js")
    assert found.a < 1
    assert read_result(file).fields["per_seed"]["5"]["eval/pair_js"] == 17.0


def cut(samples: Samples, seeds: tuple[int, ...], num_samples: int) -> Samples:
    per_seed = {
        seed: replace(
            samples.per_seed[old],
            tokens=samples.per_seed[old].tokens[:num_samples],
            pad_masks=samples.per_seed[old].pad_masks[:num_samples],
        )
        for seed, old in zip(seeds, samples.seeds, strict=False)
    }
    return replace(samples, seeds=seeds, num_samples=num_samples, per_seed=per_seed)


def test_other_seeds_and_numbers_of_samples_are_told(directory: Path, tmp_path: Path) -> None:
    a = samples_path(directory, "a")
    b = samples_path(tmp_path, "b")
    write_samples(b, cut(read_samples(a), (6, 7), 20))
    pair = compare_pair(a, b)
    assert pair.notes[0] == "they have other seeds: 5, 6 and 6, 7; compared on 6"
    assert pair.notes[1].startswith("they have other numbers of samples, 30 and 20 a seed")
    sources = {difference.source for difference in pair.differences}
    assert "paired rates" not in sources
    assert "seeds" not in sources  # one seed has no spread
    (diversity,) = (d for d in pair.differences if d.key == "eval/diversity")
    assert diversity.b == len(np.unique(read_samples(b).per_seed[6].tokens, axis=0)) / 20


def test_what_cannot_be_paired_is_an_error(
    make_samples: Make, directory: Path, tmp_path: Path
) -> None:
    a, b = samples_path(directory, "a"), samples_path(tmp_path, "b")
    write_samples(b, make_samples("b", seeds=(8, 9), num_samples=3, provenance=NAMED))
    with pytest.raises(InputError, match=r"have no seed in common \(5, 6 and 8, 9\)"):
        compare_pair(a, b)
    write_samples(b, make_samples("b", seeds=(5, 6), num_samples=3, n_max=14, provenance=NAMED))
    with pytest.raises(InputError, match="up to 8 and of up to 14 rooms"):
        compare_pair(a, b)
    write_samples(b, make_samples("b", seeds=(5, 6), num_samples=3))
    with pytest.raises(InputError, match="names no data to measure against"):
        compare_pair(b, b)
    assert compare_pair(b, a).notes  # the other one names them


def test_other_data_are_told(make_samples: Make, directory: Path, tmp_path: Path) -> None:
    b = samples_path(tmp_path, "b")
    provenance = {
        "data": {"num_plans": 200, "split": "canonical"},
        "data_fingerprint": "0123456789abcdef",
    }
    write_samples(b, make_samples("b", seeds=(5, 6), num_samples=30, provenance=provenance))
    (note,) = _of_data(compare_pair(samples_path(directory, "a"), b).notes)
    assert note.startswith("b: measured against data ")
    assert note.endswith("but the samples were made for data 0123456789abcdef")
    assert _of_data(compare_pair(b, b, DATA).notes) == [note, note]


def _of_data(notes: tuple[str, ...]) -> list[str]:
    """Without those on numbers that so few samples do not have."""
    return [note for note in notes if ": n/a, " not in note]


@pytest.mark.parametrize(
    ("key", "difference", "p", "source", "expected"),
    [
        ("eval/validity_rate", 0.1, 0.01, "rates", "a"),
        ("eval/validity_rate", -0.1, 0.01, "rates", "b"),
        ("eval/node_js", 0.1, 0.01, "bootstrap", "b"),
        ("eval/node_js", -0.1, 0.01, "bootstrap", "a"),
        ("eval/node_js", -0.1, 0.051, "bootstrap", "tied"),
        ("eval/edges_ratio", -0.1, 0.01, "bootstrap", "differ"),
        ("eval/edges_ratio", 0.0, 1.0, "equal", "tied"),
    ],
)
def test_the_better_one_is_told_by_the_direction(
    key: str, difference: float, p: float, source: str, expected: str
) -> None:
    one = Difference(key, 0.5, 0.5 - difference, difference, 0.0, 0.0, 0.0, p, p, source)
    assert verdict(one, metric_info(key)) == expected


RATE = Difference(
    "eval/validity_rate", 0.99, 0.9, 0.09, 0.08, 0.1, 0.005, 1e-9, 2e-9, "paired rates"
)
MANY = Difference("eval/node_tv", 0.012, 0.011, 0.001, -0.001, 0.003, 0.001, 0.3, 0.6, "bootstrap")
NONE = Difference("eval/mean_edges", 10.0, 10.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, "equal")
PAIR = Pair("x", "y", (RATE, MANY, NONE), 2, ())


def test_the_table_says_what_differs_and_who_is_better() -> None:
    main, distribution = pair_tables(PAIR)
    assert (main.title, distribution.title) == ("Main rows", "Distribution")
    assert main.header == ("", "A", "B", "A - B", "95 % interval", "p", "better", "by")
    assert main.rows == (
        (
            *("Validity ↑", "99.0 %", "90.0 %", "+9.0", "[+8.0, +10.0]"),
            *("<0.001", "A", "sign test"),
        ),
    )
    assert distribution.rows == (
        (
            *("Room types TV ↓", "0.0120", "0.0110", "+0.0010", "[-0.0010, +0.0030]"),
            *("0.600", "tied", "bootstrap"),
        ),
        ("Edges, mean", "10.00", "10.00", "0", "[0, 0]", "1.000", "tied", "equal"),
    )
    assert "corrected for 2 metrics" in explanation(PAIR)


def test_every_digit_is_in_the_csv_file(tmp_path: Path) -> None:
    write_pair_csv(tmp_path / "x.csv", PAIR)
    with (tmp_path / "x.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["better"] for line in lines] == ["x", "tied", "tied"]
    assert lines[0] == {
        "key": "eval/validity_rate",
        "family": "Validity",
        "a": "x",
        "b": "y",
        "mean_a": "0.99",
        "mean_b": "0.9",
        "difference": "0.09",
        "low": "0.08",
        "high": "0.1",
        "se": "0.005",
        "p": "1e-09",
        "p_adjusted": "2e-09",
        "better": "x",
        "source": "paired rates",
    }
