from dataclasses import asdict
from pathlib import Path

import pytest

from bd_gen.data.config import DataConfig, recorded_fields
from bd_gen.system.errors import InputError
from bd_gen.system.files import write_text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"source": "rplan"}, "data.source"),
        ({"n_max": 0}, "data.n_max"),
        ({"n_max": 33}, "data.n_max"),
        ({"n_max": "8"}, "data.n_max"),
        ({"n_max": True}, "data.n_max"),
        ({"num_plans": 0}, "data.num_plans"),
        ({"seed": -1}, "data.seed"),
        ({"split_seed": 1.5}, "data.split_seed"),
        ({"path": "a.jsonl"}, "data.path"),
        ({"source": "plans"}, "data.path"),
        ({"source": "plans", "path": ""}, "data.path"),
        ({"source": "graph2plan"}, "data.path"),
        ({"labels": "map.json"}, "data.labels"),
        ({"source": "plans", "path": "a", "skip_bad": "yes"}, "data.skip_bad"),
        ({"split": "random"}, "data.split"),
        ({"split": None}, "data.split"),
        ({"split": "graph2plan"}, "data.split"),
        ({"source": "plans", "path": "a", "split": "graph2plan"}, "data.split_file"),
        ({"source": "plans", "path": "a", "split_file": "b"}, "data.split_file"),
        (
            {"source": "plans", "path": "a", "split": "graph2plan", "split_file": 3},
            "data.split_file",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_named(values: dict[str, object], field: str) -> None:
    with pytest.raises(InputError, match=f"^{field}: "):
        DataConfig(**values)  # type: ignore[arg-type]


def test_the_defaults_are_the_synthetic_plans() -> None:
    config = DataConfig()
    assert (config.source, config.num_plans, config.token_rows.length) == ("synthetic", 20_000, 36)


def test_what_was_written_before_there_was_a_choice_has_the_older_split() -> None:
    assert DataConfig().split == "canonical"
    old = {"source": "synthetic", "num_plans": 50, "cache_dir": "/there"}
    assert recorded_fields(old) == {"source": "synthetic", "num_plans": 50, "split": "identical"}
    new = asdict(DataConfig(split="published"))
    assert DataConfig(**recorded_fields(new)) == DataConfig(split="published")


def test_where_the_cache_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    assert DataConfig(cache_dir="/a/b").cache_folder == Path("/a/b")
    monkeypatch.setenv("BD_GEN_CACHE", "/c")
    monkeypatch.setenv("XDG_CACHE_HOME", "/d")
    assert DataConfig().cache_folder == Path("/c")
    monkeypatch.delenv("BD_GEN_CACHE")
    assert DataConfig().cache_folder == Path("/d/bd-gen")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert DataConfig().cache_folder == Path.home() / ".cache" / "bd-gen"


@pytest.mark.parametrize("field", ["path", "labels", "cache_dir"])
def test_a_path_that_no_system_takes(field: str) -> None:
    """Samples name their data, and may name anything."""
    fields = {"source": "plans", "path": "x", field: "a\0b"}
    with pytest.raises(InputError, match=f"data.{field}: expected a path"):
        DataConfig(**fields)


def test_a_cache_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BD_GEN_CACHE", "~nobody-of-that-name/x")
    with pytest.raises(InputError, match="~nobody-of-that-name/x: there is no such home directory"):
        _ = DataConfig().cache_folder
    monkeypatch.delenv("BD_GEN_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)

    def nobody(number: object) -> None:
        raise KeyError(number)

    monkeypatch.setattr("pwd.getpwuid", nobody)
    assert not DataConfig().cache_folder.exists()
    with pytest.raises(InputError):
        write_text(DataConfig().cache_folder / "x", "nowhere")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"unit": "ft"}, "data.unit: expected m or px"),
        ({"scale": 2.0}, "data.scale: expected a unit"),
        ({"unit": "m", "scale": 0}, "data.scale: expected a number above 0"),
        ({"fit": "yes"}, "data.fit: expected true or false"),
    ],
)
def test_units_that_cannot_be(values: dict[str, object], expected: str) -> None:
    with pytest.raises(InputError, match=f"^{expected}"):
        DataConfig("plans", "x", **values)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^data\.unit: only data=plans"):
        DataConfig(unit="m")
    assert DataConfig("plans", "x", unit="m", scale=0.01).units.scale == 0.01
