from collections.abc import Callable

import numpy as np
import pytest
from tests.metrics.replicates import intervals_of_sets

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import Reference, parts, resampling
from bd_gen.metrics.compute import compute_metric, measurable
from bd_gen.metrics.measure import intervals_version, measure
from bd_gen.metrics.registry import select_metrics
from bd_gen.results.samples_file import Samples

Make = Callable[..., Samples]

V = Vocabulary(8)
NAMES = ("validity", "distribution", "novelty")


@pytest.fixture(scope="module")
def tokens(make_samples: Make) -> dict[int, np.ndarray]:
    return {seed: part.tokens for seed, part in make_samples().per_seed.items()}


@pytest.fixture(scope="module")
def statistics(make_samples: Make) -> Reference:
    return Reference.fit(make_samples(seeds=(1,), num_samples=60).per_seed[1].tokens, V)


def test_values_intervals_and_columns_are_those_of_the_metrics(
    tokens: dict[int, np.ndarray], statistics: Reference
) -> None:
    metrics = select_metrics(NAMES)
    calls: list[tuple[int, int]] = []
    found = measure(tokens, statistics, metrics, lambda *call: calls.append(call))
    sets = [measurable(rows, V, statistics) for rows in tokens.values()]
    entries = []
    for samples in sets:
        entries.append({})
        for metric in metrics:
            entries[-1] |= compute_metric(metric, samples, statistics)
    assert list(found.per_seed) == ["42", "123"]
    assert list(found.per_seed.values()) == entries
    assert found.ci95 == intervals_of_sets(entries, sets, statistics, metrics)
    assert found.versions == {metric.name: metric.version for metric in metrics}
    # three metrics, 20 samples a seed
    assert calls == [(6, 40), (13, 40), (20, 40), (26, 40), (33, 40), (40, 40)]
    assert set(found.columns) == {"validity", "novelty"}
    valid = found.columns["validity"]["valid"]
    assert valid.shape == (40,)
    assert valid[20:].mean() == found.per_seed["123"]["eval/validity_rate"]


def test_a_part_of_the_metrics_gives_that_part_of_the_numbers(
    tokens: dict[int, np.ndarray], statistics: Reference
) -> None:
    """Otherwise a file that is refreshed bit by bit would differ from one made at once."""
    whole = measure(tokens, statistics, select_metrics(NAMES))
    for name in NAMES:
        part = measure(tokens, statistics, select_metrics([name]))
        for seed, entry in part.per_seed.items():
            assert entry.items() <= whole.per_seed[seed].items()
        assert part.ci95.items() <= whole.ci95.items()


def test_nothing_asked_nothing_measured(
    tokens: dict[int, np.ndarray], statistics: Reference
) -> None:
    found = measure(tokens, statistics, [])
    assert found.per_seed == {"42": {}, "123": {}}
    assert (found.ci95, found.columns, found.versions) == ({}, {}, {})


def test_a_large_seed_is_measured_in_parts(
    tokens: dict[int, np.ndarray], statistics: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = measure(tokens, statistics)
    monkeypatch.setattr(parts, "PART_ROWS", 7)
    monkeypatch.setattr(resampling, "MOST_SINGLE", 7)
    found = measure(tokens, statistics)
    assert found.per_seed == whole.per_seed
    assert found.versions == whole.versions
    assert found.ci95.keys() == whole.ci95.keys()
    for key, interval in found.ci95.items():
        assert interval["from"] == whole.ci95[key]["from"]
    assert found.columns.keys() == whole.columns.keys()
    for name, columns in found.columns.items():
        for column, values in columns.items():
            assert (values == whole.columns[name][column]).all()


def test_intervals_have_another_version_where_blocks_are_drawn() -> None:
    assert [intervals_version(count) for count in (1, 20_000, 20_001)] == [1, 1, 2]
