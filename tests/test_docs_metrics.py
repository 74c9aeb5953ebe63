"""The metric that docs/metrics.md adds in ten lines: evaluation refreshes results with it alone."""

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import bd_gen.metrics
from bd_gen.cli.main import cli
from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.metrics import METRICS, metric_versions
from bd_gen.results.sample_table import read_sample_table, table_path
from bd_gen.results.samples_file import Samples, SeedSamples, samples_path, write_samples

PAGE = Path(__file__).parents[1] / "docs" / "metrics.md"
METHODS = ("llada_argmax_no_remask", "random_temp1.0_no_remask")
KEY = "eval/living_room_rate"


@pytest.fixture(scope="module")
def snippet() -> str:
    _, section = PAGE.read_text(encoding="utf-8").split("## Adding a metric in ten lines\n")
    return re.search(r"```python\n(.*?)```", section, re.DOTALL)[1]


@pytest.fixture
def add_metric(tmp_path: Path, snippet: str) -> Iterator[Callable[[], None]]:
    """Puts the page's lines into a new file of the package `bd_gen.metrics`."""
    before = dict(METRICS)
    folder = tmp_path / "metrics"
    folder.mkdir()

    def add() -> None:
        (folder / "living_rooms.py").write_text(snippet)
        bd_gen.metrics.__path__.append(str(folder))
        importlib.import_module("bd_gen.metrics.living_rooms")

    yield add
    METRICS.clear()
    METRICS.update(before)
    if str(folder) in bd_gen.metrics.__path__:
        bd_gen.metrics.__path__.remove(str(folder))
    sys.modules.pop("bd_gen.metrics.living_rooms", None)


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Samples of two methods; a quarter of the second one's lack their living room."""
    monkeypatch.chdir(tmp_path)
    dataset = load_dataset(DataConfig(num_plans=300))
    directory = tmp_path / "eval_results" / "loglinear"
    for k, method in enumerate(METHODS):
        per_seed = {}
        for seed in (1, 2):
            rows = dataset.train[np.random.default_rng(seed).integers(len(dataset.train), size=12)]
            types = rows[: 3 * k, : dataset.vocabulary.n_max]
            types[types == 0] = 7
            per_seed[seed] = SeedSamples(rows, rows != dataset.vocabulary.pad_row)
        provenance = {
            "data": {"num_plans": 300, "split": "canonical"},
            "data_fingerprint": dataset.fingerprint,
        }
        samples = Samples(method, 8, (1, 2), 12, {}, provenance, per_seed)
        write_samples(samples_path(directory, method), samples)
    return directory


def run(*words: str) -> str:
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_page_keeps_its_word(snippet: str) -> None:
    lines = [line for line in snippet.splitlines() if line.strip()]
    assert len(lines) == 10
    assert max(map(len, lines)) <= 100


def test_evaluation_refreshes_all_methods_with_the_new_metric_alone(
    directory: Path, add_metric: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("evaluate", "--workers", "1")
    before = {name: json.loads((directory / f"{name}.json").read_text()) for name in METHODS}
    old = {name: read_sample_table(table_path(directory, name)) for name in METHODS}
    others = metric_versions()
    assert KEY not in before[METHODS[0]]["summary"]

    add_metric()
    out = run("evaluate", "--workers", "1", "--update-comparison")

    assert out.count(f"(1 metric refreshed, {len(others)} kept)") == 2
    for name in METHODS:
        after = json.loads((directory / f"{name}.json").read_text())
        assert after["ci95"].pop(KEY)["from"] == "wilson"
        for seed in ("1", "2"):
            after["per_seed"][seed].pop(KEY)
        rate = after["summary"].pop(KEY)["mean"]
        assert after["provenance"]["metric_versions"].pop("living_room") == 1
        # The table has a column more.
        hashes = [result["provenance"].pop("table_sha256") for result in (after, before[name])]
        assert hashes[0] != hashes[1]
        assert after | {"timestamp": ""} == before[name] | {"timestamp": ""}
        table = read_sample_table(table_path(directory, name))
        assert table.columns["has_living"].mean() == rate
        for column, values in old[name].columns.items():
            assert table.columns[column].tolist() == values.tolist()
    assert rate < 1
    assert "| Living room ↑ |" in (directory / "comparison.md").read_text()
    shown = run("show", METHODS[1], "--where", "not has_living", "--png", "without.png")
    assert "not has_living: " in shown
    assert Path("without.png").exists()
    assert run("evaluate", "--workers", "1").count("(up to date)") == 2
