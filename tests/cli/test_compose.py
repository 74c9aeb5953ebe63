from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import pytest
from hydra.core.global_hydra import GlobalHydra

from bd_gen.cli.compose import CONFIGS, Section, as_text, compose, describe, section
from bd_gen.cli.overrides import data_config_from_overrides
from bd_gen.cli.run_settings import RunSection
from bd_gen.data.config import DataConfig
from bd_gen.data.sources import SOURCES
from bd_gen.system.errors import InputError


@pytest.fixture(autouse=True)
def no_trace_of_hydra() -> Iterator[None]:
    """Every call below, good or bad, leaves the process as it was."""
    assert not GlobalHydra.instance().is_initialized()
    yield
    assert not GlobalHydra.instance().is_initialized()


def refusal_of(*overrides: str, name: str = "train") -> str:
    with pytest.raises(InputError) as caught:
        compose(name, overrides)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_defaults() -> None:
    config = compose("train", [])
    assert set(config) == {"data", "noise", "model", "training", "run"}
    assert config["noise"] == {"name": "loglinear"}
    assert config["data"]["source"] == "synthetic"
    assert config["run"] == {
        "dir": "runs/synthetic_loglinear_small",
        "resume_from": None,
        "init_from": None,
        "tracker": None,
        "project": "bd-gen",
    }


def test_overrides_change_what_they_name_and_nothing_else() -> None:
    config, plain = compose("train", ["training.steps=7", "noise=cosine"]), compose("train", [])
    assert config["training"].pop("steps") == 7
    plain["training"].pop("steps")
    assert config.pop("noise") == {"name": "cosine"}
    assert config["run"].pop("dir") == "runs/synthetic_cosine_small"
    plain.pop("noise")
    plain["run"].pop("dir")
    assert config == plain


def test_the_last_override_of_a_key_counts() -> None:
    assert compose("train", ["training.steps=7", "training.steps=8"])["training"]["steps"] == 8


def test_it_can_be_called_again_and_again() -> None:
    for _ in range(2):
        assert compose("train", ["model=tiny"])["model"]["width"] == 32
        assert compose("generate", [])["eval"]["num_samples"] == 1_000


def test_the_result_holds_plain_containers_only() -> None:
    def check(value: Any) -> None:
        if isinstance(value, dict | list):
            assert type(value) in (dict, Section, list)
            for part in value.values() if isinstance(value, dict) else value:
                check(part)
        else:
            assert value is None or type(value) in (str, int, float, bool)

    check(compose("train", []))
    check(compose("generate", []))


@pytest.mark.parametrize(
    ("override", "near"),
    [
        ("training.step=3", "training.steps"),
        ("traning.steps=3", "training.steps"),
        ("steps=3", "training.steps"),
        ("model.widht=3", "model.width"),
        ("nois=cosine", "noise"),
        ("run.directory=x", "run.dir"),
    ],
)
def test_an_unknown_setting_is_answered_with_the_near_ones(override: str, near: str) -> None:
    message = refusal_of(override)
    assert message.startswith(f"{override}: there is no setting {override.split('=')[0]}")
    assert f"did you mean {near}" in message


@pytest.mark.parametrize("override", ["+new=1", "++training.steps=1", "zzz=1", "hydra.verbose=1"])
def test_settings_cannot_be_added(override: str) -> None:
    assert "there is no setting" in refusal_of(override)


@pytest.mark.parametrize("override", ["training.steps", "~training.steps", "cosine", ""])
def test_what_is_no_assignment(override: str) -> None:
    assert refusal_of(override) == f"{override}: expected KEY=VALUE"


@pytest.mark.parametrize(
    ("override", "answer"),
    [
        (
            "noise=cosin",
            "noise must be one of cosine, learned, learned_rates, linear, loglinear; did you mean",
        ),
        ("model=large", "model must be one of base, geometry, small, tiny"),
        (
            "data=rplan",
            "data must be one of graph2plan, graphml, housegan, lifull, plans, resplan, synthetic",
        ),
        ("noise=[cosine,linear]", "noise must be one of"),
        ("noise=null", "noise must be one of"),
        ("training=null", "training must be one of default"),
        ("data=null", "data must be one of"),
    ],
)
def test_an_unknown_choice_is_answered_with_the_known_ones(override: str, answer: str) -> None:
    assert answer in refusal_of(override)


def test_a_group_that_a_configuration_leaves_out_can_be_chosen() -> None:
    assert "noise" not in compose("generate", [])
    assert compose("generate", ["noise=cosine"])["noise"] == {"name": "cosine"}
    assert "noise must be one of" in refusal_of("noise=null", name="generate")


def test_what_cannot_be_resolved() -> None:
    assert "'nothing' not found" in refusal_of("run.dir=${nothing}")


@pytest.mark.parametrize(
    "path",
    [
        "plans.jsonl",
        "my plans/a b.jsonl",
        "~/plans.jsonl",
        "lr=0.1,steps=3/plans.jsonl",
        "plans (1).jsonl.gz",
        "plans [old] {2}.jsonl",
        "it's.jsonl",
        'the "best" ones',
        r"C:\plans\new.jsonl",
        r"a\'b=",
        "ends=\\",
        "100%_#1;&|<>.jsonl",
        "wohnräume=größe.jsonl",
    ],
)
def test_any_path_can_be_given(path: str) -> None:
    config = compose("train", ["data=plans", f"data.path={path}"])
    assert config["data"]["path"] == path


def test_quotes_and_lists_are_read_as_hydra_reads_them() -> None:
    assert compose("train", ["data=plans", "data.path='a=b'"])["data"]["path"] == "a=b"
    assert compose("generate", ["eval.seeds=[1,2]"])["eval"]["seeds"] == [1, 2]
    assert compose("train", ["data.labels=null"])["data"]["labels"] is None


@dataclass(frozen=True)
class Part:
    count: int
    share: float = 0.5
    name: str = "a"
    on: bool = False
    path: str | None = None

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"part.count must be at least 1, got {self.count}")


def test_a_section_becomes_its_frozen_dataclass() -> None:
    found = section(Part, {"count": 3, "share": 1, "path": "x"}, "part")
    assert found == Part(3, 1.0, path="x")
    assert type(found) is Part
    assert type(found.share) is float


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"count": "many"}, "part.count: "),
        ({"count": 1.5}, "part.count: "),
        ({"count": None}, "part.count: "),
        ({"count": [1]}, "part.count: "),
        ({"count": {"a": 1}}, "part.count: "),
        ({"count": 1, "share": "half"}, "part.share: "),
        ({"count": 1, "on": "perhaps"}, "part.on: "),
        ({"count": 1, "other": 2}, "part.other: "),
        ({"count": 0}, "part.count must be at least 1, got 0"),
        ({"count": "???"}, "part.count is needed: give part.count=..."),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(values: dict[str, Any], key: str) -> None:
    with pytest.raises(InputError) as caught:
        section(Part, values, "part")
    assert str(caught.value).startswith(key)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_of_data_has_its_configuration(source: str) -> None:
    values = compose("train", [f"data={source}"])["data"]
    assert list(values) == [field.name for field in fields(DataConfig)]
    if source == "synthetic":
        assert section(DataConfig, values, "data") == DataConfig()
    else:
        with pytest.raises(InputError, match=r"data\.path is needed: give data\.path="):
            section(DataConfig, values, "data")
        values["path"] = "x"
        assert section(DataConfig, values, "data") == DataConfig(source=source, path="x")


def test_every_configuration_file_belongs_to_a_choice() -> None:
    assert {path.stem for path in (CONFIGS / "data").glob("*.yaml")} == set(SOURCES)
    for path in (CONFIGS / "noise").glob("*.yaml"):
        assert compose("train", [f"noise={path.stem}"])["noise"] == {"name": path.stem}
    for path in (CONFIGS / "model").glob("*.yaml"):
        assert compose("train", [f"model={path.stem}"])["model"]["name"] == path.stem


@pytest.mark.parametrize("name", ["train", "generate"])
def test_the_description_names_every_setting(name: str) -> None:
    text = describe(name)
    for group, values in compose(name, []).items():
        for key, value in values.items():
            inner = [f"{key}.{name}" for name in value] if isinstance(value, dict) else [key]
            for name in inner:
                assert f"\n  {group}.{name}=" in text, f"{group}.{name}"


@pytest.mark.parametrize("text", ["1e-3", "007", "1_000", "true", "0x10", "inf", "1.50"])
def test_texts_that_look_like_numbers_stay_texts(text: str) -> None:
    config = compose("train", [f"run.dir={text}", f"run.resume_from={text}"])
    run = section(RunSection, config["run"], "run")
    assert (run.dir, run.resume_from) == (text, text)
    config = compose("generate", [f"results.dir={text}", f"results.schedule={text}"])
    assert config["results"]["dir"] == text
    assert as_text(config["results"], "schedule") == text
    assert as_text(compose("generate", [])["results"], "schedule") is None


def test_the_same_holds_without_hydra() -> None:
    config = data_config_from_overrides(["data=plans", "data.path=1e-3", "data.n_max=9"])
    assert config is not None
    assert (config.path, config.n_max) == ("1e-3", 9)


@pytest.mark.parametrize(
    "words",
    [
        ["data=plans", "data.path=mine.jsonl"],
        ["data=plans", "data.path=a=b.jsonl", "data.labels=null"],
        ["data=plans", "data.path=it's (1).jsonl", "data.skip_bad=true", "data.split=identical"],
        ["data.num_plans=300", "data.seed=3", "data.n_max=14"],
        ["data.num_plans=300", "data.num_plans=400", "data.cache_dir=x y"],
        ["data=graph2plan", "data.path=07", "data.split=graph2plan", "data.split_file=1e-3"],
    ],
)
def test_words_mean_the_same_with_hydra_and_without(words: list[str]) -> None:
    with_hydra = section(DataConfig, compose("train", words)["data"], "data")
    assert data_config_from_overrides(words) == with_hydra
