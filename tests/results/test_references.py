from collections.abc import Callable
from pathlib import Path

import pytest

from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.results import references as module
from bd_gen.results.references import References, mismatch, recorded_data
from bd_gen.results.samples_file import Samples
from bd_gen.system.errors import InputError

Make = Callable[..., Samples]

DATA = DataConfig(num_plans=150)
OTHER = DataConfig(num_plans=140)


@pytest.fixture
def fingerprint() -> str:
    return load_dataset(DATA).fingerprint


@pytest.fixture
def provenance(fingerprint: str) -> dict:
    return {
        "data": {"source": "synthetic", "num_plans": 150, "split": "canonical"},
        "data_fingerprint": fingerprint,
    }


def test_samples_without_a_split_have_the_older_one(make_samples: Make) -> None:
    old = {"source": "synthetic", "num_plans": 150}
    identical = DataConfig(num_plans=150, split="identical")
    fingerprint = load_dataset(identical).fingerprint
    samples = make_samples(provenance={"data": old, "data_fingerprint": fingerprint})
    assert recorded_data(samples, "a.pt") == identical
    found = References().for_samples(samples, "a.pt")
    assert (found.fingerprint, found.notes) == (fingerprint, ())
    assert found.data == {**old, "split": "identical"}
    # measured against the same plans split otherwise: both splits are named
    found = References(DATA).for_samples(samples, "a.pt")
    assert found.notes[0].endswith(
        f"were made for data {fingerprint} (data.split=identical there, canonical here)"
    )


def forbid_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the data set was loaded")

    monkeypatch.setattr(module, "load_dataset", refuse)


def test_the_data_set_is_loaded_only_until_its_statistics_are_cached(
    make_samples: Make, provenance: dict, fingerprint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = make_samples(provenance=provenance)
    found = References().for_samples(samples, "a.pt")
    assert (found.fingerprint, found.notes) == (fingerprint, ())
    assert found.data == provenance["data"]
    assert found.statistics.num_diagrams == len(load_dataset(DATA).train)
    forbid_loading(monkeypatch)
    again = References().for_samples(samples, "a.pt")
    assert again.statistics.num_diagrams == found.statistics.num_diagrams
    nameless = make_samples(provenance={"data_fingerprint": fingerprint})
    assert References().for_samples(nameless, "a.pt").fingerprint == fingerprint


def test_the_statistics_are_read_once_for_all_methods(
    make_samples: Make, provenance: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = References()
    first = references.for_samples(make_samples(provenance=provenance), "a.pt")
    monkeypatch.setattr(module, "load_or_fit", None)
    assert references.for_samples(make_samples(provenance=provenance), "b.pt") == first


def test_samples_without_a_fingerprint_are_measured_against_the_data_they_name(
    make_samples: Make, fingerprint: str
) -> None:
    samples = make_samples(provenance={"data": {"num_plans": 150, "split": "canonical"}})
    assert References().for_samples(samples, "a.pt").fingerprint == fingerprint


def test_data_that_changed_since_are_used_and_told(
    make_samples: Make, provenance: dict, fingerprint: str
) -> None:
    samples = make_samples(provenance=provenance | {"data_fingerprint": "0123456789abcdef"})
    found = References().for_samples(samples, "a.pt")
    assert found.fingerprint == fingerprint
    assert found.notes == (
        f"measured against data {fingerprint}, but the samples were made for data 0123456789abcdef",
    )


def test_data_that_the_user_gives_win(
    make_samples: Make, provenance: dict, fingerprint: str
) -> None:
    found = References(OTHER).for_samples(make_samples(provenance=provenance), "a.pt")
    assert found.fingerprint == load_dataset(OTHER).fingerprint != fingerprint
    assert found.data["num_plans"] == 140
    assert len(found.notes) == 1
    assert References(OTHER).for_samples(make_samples(), "a.pt").notes == ()


@pytest.mark.parametrize(
    ("provenance", "message"),
    [
        ({}, r"a\.pt: provenance: names no data to measure against; give it: data="),
        ({"data": "x"}, r"a\.pt: provenance: names no data"),
        ({"data": {"source": "x"}}, r"a\.pt: provenance: data\.source: expected one of"),
        ({"data": {"n_max": "8"}}, r"a\.pt: provenance: data\.n_max: expected an integer"),
        ({"data": {"n_max": 5, "num_plans": 20}}, r"a\.pt: n_max: expected 5 .* got 8"),
        ({"data_fingerprint": "../../etc"}, r"a\.pt: provenance/data_fingerprint: expected hex"),
        ({"data_fingerprint": 7}, r"a\.pt: provenance/data_fingerprint: expected hex"),
        ({"data_fingerprint": "0" * 16}, r"a\.pt: provenance: names no data"),
        (
            {"data": {"source": "plans", "path": "/nowhere/x.jsonl"}},
            r"/nowhere/x\.jsonl.*\(the data that a\.pt names; data=\.\.\. names other data\)",
        ),
    ],
)
def test_what_cannot_be_used_is_named(make_samples: Make, provenance: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        References().for_samples(make_samples(provenance=provenance), "a.pt")


def test_a_file_does_not_say_where_to_write(make_samples: Make, tmp_path: Path) -> None:
    elsewhere = str(tmp_path / "elsewhere")
    named = {"num_plans": 150, "split": "canonical", "cache_dir": elsewhere, "later": 1}
    samples = make_samples(provenance={"data": named})
    assert recorded_data(samples, "a.pt") == DATA
    References().for_samples(samples, "a.pt")
    assert not (tmp_path / "elsewhere").exists()


def test_a_cache_that_cannot_be_written_is_done_without(make_samples: Make, tmp_path: Path) -> None:
    (tmp_path / "references").write_text("in the way")
    data = DataConfig(num_plans=150, cache_dir=str(tmp_path))
    found = References(data).for_samples(make_samples(), "a.pt")
    (note,) = found.notes
    assert "cannot be written" in note


def test_the_fingerprint_to_expect_is_known_before_anything_is_read(
    make_samples: Make, provenance: dict, fingerprint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = make_samples(provenance=provenance)
    other = load_dataset(OTHER).fingerprint
    assert References(OTHER).expected_fingerprint(samples, "a.pt") == other
    assert mismatch(samples, other) == [
        f"measured against data {other}, but the samples were made for data {fingerprint}"
    ]
    forbid_loading(monkeypatch)
    monkeypatch.setattr(module, "load_or_fit", None)
    assert References().expected_fingerprint(samples, "a.pt") == fingerprint
    assert mismatch(samples, fingerprint) == []
    nameless = make_samples(provenance={"data": {"num_plans": 150, "split": "canonical"}})
    assert References().expected_fingerprint(nameless, "a.pt") is None
    assert mismatch(nameless, fingerprint) == []


def test_statistics_are_fitted_by_one_process_at_a_time(tmp_path: Path, make_samples: Make) -> None:
    import fcntl
    import threading

    data = DataConfig(num_plans=150, cache_dir=str(tmp_path))
    load_dataset(data)
    (tmp_path / "references").mkdir()
    found = []
    waiting = threading.Thread(target=lambda: found.append(References(data).for_data(data)))
    with (tmp_path / "references" / ".lock").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        assert found == []
    waiting.join()
    assert len(found) == 1
