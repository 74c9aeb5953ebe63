import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rplan import NODE_PAD

from bd_gen.data.dataset import DataConfig, dataset_from_table, load_dataset, load_table
from bd_gen.data.plan_table import PlanTable, table_from_boxes
from bd_gen.data.sources.plans.plans_writer import write_plans
from bd_gen.data.statistics import leaks_of
from bd_gen.diagrams.tokens import is_well_formed
from bd_gen.system.errors import InputError

from .conftest import FLAT, reorder_rooms

_OTHERS = ("identical", "disjoint", "published")


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
    here = dataset_from_table(table, small)
    renamed = replace(small, num_plans=7)  # a table may have any name
    assert here.fingerprint == dataset_from_table(table, renamed).fingerprint
    others = [
        dataset_from_table(table, replace(small, split_seed=43)),
        dataset_from_table(table.select(np.arange(399)), small),
        load_dataset(DataConfig(num_plans=400, seed=3, n_max=14)),
    ]
    # two splits never share what is kept under the fingerprint, reference statistics above all
    others += [dataset_from_table(table, replace(small, split=s)) for s in _OTHERS]
    prints = {here.fingerprint, *(other.fingerprint for other in others)}
    assert len(prints) == 7
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
    data = load_dataset(DataConfig("plans", str(write_lines(*lines)), split="identical"))
    for part in (data.split.train, data.split.validation, data.split.test):
        assert len(part) % 2 == 0
        assert (part.reshape(-1, 2)[:, 0] + 1 == part.reshape(-1, 2)[:, 1]).all()
    # shifted plans are different plans with one and the same token row: held-out plans may
    # equal training plans as diagrams, and that is meant
    assert len(np.unique(data.tokens, axis=0)) == 2
    assert len(data.test) == 12
    # as diagrams they are all one, so that no part but training can have any
    for split in ("canonical", "disjoint"):
        data = load_dataset(DataConfig("plans", str(write_lines(*lines)), split=split))
        assert (len(data.train), len(data.validation), len(data.test)) == (120, 0, 0)


def test_the_older_split_is_what_it_was() -> None:
    # Recorded before there was a choice: fingerprints are in checkpoints, samples and results.
    old = replace(DataConfig(num_plans=400, seed=3), split="identical")
    data = load_dataset(old)
    assert data.fingerprint == "56a9608ab9d8e64d"
    hashes = [
        hashlib.sha256(part.astype("<i8").tobytes()).hexdigest()[:16]
        for part in (data.split.train, data.split.validation, data.split.test)
    ]
    assert hashes == ["a5d9a874648b4691", "8bc2e35aa7c181ff", "34b272d856cf5b08"]


@pytest.mark.parametrize("split", ["canonical", "disjoint"])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_renumbering_any_plan_changes_no_side(
    random_table: Callable[..., PlanTable], split: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    few = random_table(60, n_max=4)
    types = np.where(few.room_types == NODE_PAD, NODE_PAD, few.room_types % 2).astype(np.uint8)
    # few types and boxes, each plan three times in other orders
    boxes = np.repeat((few.boxes // 40) * 40, 3, axis=0)
    table = reorder_rooms(
        table_from_boxes(
            np.repeat(types, 3, axis=0),
            boxes,
            np.repeat(few.num_rooms, 3),
            np.array([str(k) for k in range(180)]),
            few.vocabulary,
        ),
        rng,
    )
    config = DataConfig(n_max=4, split=split)
    one, other = (dataset_from_table(plans, config) for plans in (table, reorder_rooms(table, rng)))
    for name, part in one.split.parts.items():
        assert part.tolist() == other.split.parts[name].tolist()
        assert (part.reshape(-1, 3) // 3 == part.reshape(-1, 3)[:, :1] // 3).all()
    assert len(one.test)
    # and no leak of the kind that the split is for
    for leaks in leaks_of(one).values():
        assert leaks.renumbered == 0
        assert split == "canonical" or leaks.twin == leaks.same_row == 0


@pytest.mark.parametrize("split", _OTHERS)
def test_one_cache_serves_every_split(tmp_path: Path, split: str) -> None:
    config = DataConfig(num_plans=100, cache_dir=str(tmp_path))
    load_dataset(config)
    calls: list[tuple[int, int]] = []
    other = load_dataset(replace(config, split=split), lambda *call: calls.append(call))
    assert calls == []
    assert len(other.train) + len(other.validation) + len(other.test) == 100


def test_too_few_plans_for_the_published_split() -> None:
    with pytest.raises(
        InputError, match=r"^data\.split: .* rounded down: none of the 1 of 1 synth"
    ):
        load_dataset(DataConfig(num_plans=1, split="published"))


def test_a_table_without_plans_cannot_be_trained_on(
    random_table: Callable[..., PlanTable],
) -> None:
    table = random_table(3).select(np.array([], int))
    with pytest.raises(InputError, match="plans: mine: there is no plan"):
        dataset_from_table(table, DataConfig("plans", "mine"))


def test_one_plan_is_enough_to_train(write_lines: Callable[..., Path]) -> None:
    data = load_dataset(DataConfig("plans", str(write_lines({"id": 1, "rooms": FLAT}))))
    assert (len(data.train), len(data.validation), len(data.test)) == (1, 0, 0)


@pytest.mark.parametrize("source", ["plans", "graph2plan"])
def test_a_missing_file_is_named(source: str, tmp_path: Path) -> None:
    path = tmp_path / "none"
    with pytest.raises(InputError, match=f"^{path}: cannot be read"):
        load_dataset(DataConfig(source, str(path)))


@pytest.mark.slow
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
    data = load_dataset(DataConfig("plans", str(path), split="identical"))
    assert data.fingerprint == "2956c33ca0d99f04"
    rows = {row.tobytes() for row in data.train}
    novelty = np.mean([row.tobytes() not in rows for row in data.test])
    assert novelty == pytest.approx(0.990, abs=0.01)
    assert leaks_of(data)["validation"].turned == pytest.approx(0.2116, abs=0.0001)
    for split, classes in (("canonical", table.diagram_classes), ("disjoint", table.twin_classes)):
        data = dataset_from_table(table, DataConfig("plans", str(path), split=split))
        assert classes.max() + 1 == {"canonical": 55_693, "disjoint": 32_956}[split]
        assert abs(len(data.test) - 7275) < 200
        assert abs(len(data.validation) - 7275) < 250
        leaks = leaks_of(data)["held out"]
        assert leaks.renumbered == 0
        assert (leaks.twin == 0) == (leaks.same_row == 0) == (split == "disjoint")


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
