import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bd_gen.data.dataset import DataConfig, dataset_from_table, load_dataset, load_table
from bd_gen.data.plan_table import PlanTable
from bd_gen.data.plans_writer import write_plans
from bd_gen.diagrams.tokens import is_well_formed
from bd_gen.errors import InputError

from .conftest import FLAT


@pytest.fixture(scope="module")
def small() -> DataConfig:
    return DataConfig(num_plans=400, seed=3)


def test_synthetic_plans_by_default(small: DataConfig) -> None:
    data = load_dataset(small)
    assert data.tokens.shape == (400, 36)
    assert data.tokens.dtype == np.uint8
    assert is_well_formed(data.tokens, data.vocabulary).all()
    assert [len(p) for p in (data.train, data.validation, data.test)] == [320, 40, 40]
    assert data.source == "400 synthetic plans (seed 3)"
    assert data.num_rooms_histogram.shape == (9,)
    assert data.num_rooms_histogram.sum() == 320
    with pytest.raises(ValueError, match="read-only"):
        data.tokens[0] = 0


def test_the_fingerprint_sees_tokens_split_and_n_max(small: DataConfig) -> None:
    table = load_table(small)
    here = dataset_from_table(table, 42, "a")
    assert here.fingerprint == dataset_from_table(table, 42, "b").fingerprint
    others = [
        dataset_from_table(table, 43, "a"),
        dataset_from_table(table.select(np.arange(399)), 42, "a"),
        load_dataset(DataConfig(num_plans=400, seed=3, n_max=14)),
    ]
    prints = {here.fingerprint, *(other.fingerprint for other in others)}
    assert len(prints) == 4
    assert all(len(p) == 16 and int(p, 16) >= 0 for p in prints)


def test_from_the_cache_it_is_the_same(tmp_path: Path) -> None:
    config = DataConfig(num_plans=300, cache_dir=str(tmp_path))
    calls: list[tuple[int, int]] = []
    first = load_dataset(config, lambda *call: calls.append(call))
    assert calls == [(300, 300)]
    second = load_dataset(config, lambda *call: calls.append(call))
    assert len(calls) == 1  # nothing was made
    assert first.fingerprint == second.fingerprint
    assert len(list((tmp_path / "plans").glob("*.npz"))) == 1


def test_what_changes_the_content_changes_the_cached_file(
    write_lines: Callable[..., Path], tmp_path: Path
) -> None:
    def files() -> int:
        return len(list((tmp_path / "cache" / "plans").glob("*.npz")))

    cache = str(tmp_path / "cache")
    salon = [{**FLAT[0], "type": "Salon"}, *FLAT[1:]]
    path = write_lines({"id": 1, "rooms": salon})
    labels = tmp_path / "labels.json"
    labels.write_text('{"Salon": "LivingRoom"}')
    config = DataConfig("plans", str(path), labels=str(labels), cache_dir=cache)
    assert load_table(config).room_types[0, 0] == 0
    load_table(config)
    assert files() == 1
    labels.write_text('{"salon": "DiningRoom"}')
    assert load_table(config).room_types[0, 0] == 4
    assert files() == 2
    write_lines({"id": 2, "rooms": FLAT})
    assert load_table(config).ids.tolist() == ["2"]
    assert files() == 3
    # the same content under another name is not read twice
    (tmp_path / "copy").write_bytes(path.read_bytes())
    load_table(DataConfig("plans", str(tmp_path / "copy"), labels=str(labels), cache_dir=cache))
    assert files() == 3
    assert (
        len(load_table(DataConfig("plans", str(path), n_max=14, cache_dir=cache)).tokens[0]) == 105
    )
    assert files() == 4


def test_skipped_plans_are_remembered_in_the_cache(write_lines: Callable[..., Path]) -> None:
    path = write_lines({"id": 1, "rooms": FLAT}, "{")
    config = DataConfig("plans", str(path), skip_bad=True)
    assert load_table(config).notes == load_table(config).notes
    assert "skipped 1 of 2 plans" in load_table(config).notes[0]
    with pytest.raises(InputError, match="1 of 2 plans are bad"):
        load_table(DataConfig("plans", str(path)))


def test_identical_plans_are_on_one_side_whatever_their_rooms_order(
    write_lines: Callable[..., Path],
) -> None:
    lines = []
    for k in range(60):
        rooms = [{**room, "box": [c + k for c in room["box"]]} for room in FLAT]  # type: ignore[attr-defined]
        lines += [{"id": f"{k}a", "rooms": rooms}, {"id": f"{k}b", "rooms": rooms[::-1]}]
    data = load_dataset(DataConfig("plans", str(write_lines(*lines))))
    for part in (data.split.train, data.split.validation, data.split.test):
        assert len(part) % 2 == 0
        assert (part.reshape(-1, 2)[:, 0] + 1 == part.reshape(-1, 2)[:, 1]).all()
    # shifted plans are different plans with one and the same token row: held-out plans may
    # equal training plans as diagrams, and that is meant
    assert len(np.unique(data.tokens, axis=0)) == 2
    assert len(data.test) == 12


def test_a_table_without_plans_cannot_be_trained_on(
    random_table: Callable[..., PlanTable],
) -> None:
    table = random_table(3).select(np.array([], int))
    with pytest.raises(InputError, match="mine: there is no plan"):
        dataset_from_table(table, 42, "mine")


def test_one_plan_is_enough_to_train(write_lines: Callable[..., Path]) -> None:
    data = load_dataset(DataConfig("plans", str(write_lines({"id": 1, "rooms": FLAT}))))
    assert (len(data.train), len(data.validation), len(data.test)) == (1, 0, 0)


@pytest.mark.parametrize("source", ["plans", "graph2plan"])
def test_a_missing_file_is_named(source: str, tmp_path: Path) -> None:
    path = tmp_path / "none"
    with pytest.raises(InputError, match=f"^{path}: cannot be read"):
        load_dataset(DataConfig(source, str(path)))


def test_the_real_plans(dev_data: Path) -> None:
    path = dev_data / "real_plans" / "rplan.jsonl.gz"
    table = load_table(DataConfig("plans", str(path)))
    assert len(table) == 72_751
    assert table.notes == ()
    assert np.bincount(table.num_rooms)[4:].tolist() == [242, 5362, 22800, 26503, 17844]
    edges = (table.relations < 10).sum(axis=1)
    assert (edges.min(), edges.max()) == (3, 18)
    assert edges.mean() == pytest.approx(10.17, abs=0.01)
    assert len(np.unique(table.tokens, axis=0)) == 72_751 - 408
    data = load_dataset(DataConfig("plans", str(path)))
    rows = {row.tobytes() for row in data.train}
    novelty = np.mean([row.tobytes() not in rows for row in data.test])
    assert novelty == pytest.approx(0.990, abs=0.01)


def test_the_real_plans_written_and_read_again(dev_data: Path, tmp_path: Path) -> None:
    source = dev_data / "real_plans" / "rplan.jsonl.gz"
    with gzip.open(source, "rt") as file:
        lines = [next(file) for _ in range(2000)]
    head = tmp_path / "head.jsonl"
    head.write_text("".join(lines))
    table = load_table(DataConfig("plans", str(head)))
    write_plans(tmp_path / "again.jsonl.gz", table)
    again = load_table(DataConfig("plans", str(tmp_path / "again.jsonl.gz")))
    np.testing.assert_array_equal(again.tokens, table.tokens)
    np.testing.assert_array_equal(again.boxes, table.boxes)
    with gzip.open(tmp_path / "again.jsonl.gz", "rt") as file:
        plan = json.loads(next(file))
    original = json.loads(lines[0])
    assert plan == {"id": original["id"], "rooms": original["rooms"]}
