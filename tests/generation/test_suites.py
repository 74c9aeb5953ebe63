import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.generation.suites import (
    FOLDER,
    Suite,
    describe_suites,
    read_suite,
    suite_names,
)
from bd_gen.sampling.method import Method
from bd_gen.system.errors import InputError

METHODS = ["random_topp0.9_no_remask", "v2_first_hitting_temp1.0_no_remask"]


def names(suite: Suite) -> list[str]:
    return [method.name for method in suite.methods]


@pytest.fixture
def refusal(tmp_path):
    """The one line that answers a suite with these fields changed."""

    def refuse(**fields: object) -> str:
        path = tmp_path / "mine.yaml"
        path.write_text(yaml.safe_dump({"methods": METHODS} | fields))
        with pytest.raises(InputError) as caught:
            read_suite(path)
        assert "\n" not in str(caught.value)
        assert str(caught.value).startswith(f"{path}: ")
        return str(caught.value).removeprefix(f"{path}: ")

    return refuse


# ---------------------------------------------------------------- those of the package


def test_each_suite_of_the_package_can_be_read():
    described = describe_suites()
    assert list(described) == suite_names()
    for name, (description, count) in described.items():
        suite = read_suite(name)
        assert suite.name == name
        assert suite.description == description
        assert description
        assert len(suite.methods) == count
        assert suite.seeds == (42, 123, 456, 789, 1337)
        assert suite.num_samples == 1000
        assert all(method.steps == 100 for method in suite.methods if method.has_steps)


@pytest.mark.parametrize(
    ("name", "schedule", "counts"),
    [
        ("published-loglinear", "loglinear", (4, 10, 8, 1)),
        ("published-linear", "linear", (4, 5, 3, 0)),
        ("published-learned", "learned", (0, 0, 0, 2)),
    ],
)
def test_published_suites(name, schedule, counts):
    """Baselines, cap eta, confidence t_switch, and those of the learned process."""
    suite = read_suite(name)
    assert suite.schedule == schedule
    learned = [method for method in suite.methods if method.is_learned]
    fixed = [method for method in suite.methods if not method.is_learned]
    strategies = [method.remasking and method.remasking.strategy for method in fixed]
    found = (*(strategies.count(kind) for kind in (None, "cap", "confidence")), len(learned))
    assert found == counts
    by_confidence = [m for m in suite.methods if "remdm_confidence" in m.name]
    assert all(method.remasker.acts_after for method in by_confidence)
    assert bool(by_confidence)


def test_linear_remasks_in_the_random_order_only():
    remasked = [m for m in read_suite("published-linear").methods if m.remasking]
    assert {method.unmasking for method in remasked} == {"random"}


def test_the_published_results_are_those_of_the_suite(dev_data):
    paths = list((dev_data / "reference" / "results").glob("*.json"))
    assert len(paths) == 23
    suite = read_suite("published-loglinear")
    assert set(names(suite)) == {path.stem for path in paths}
    for path in paths:
        config = json.loads(path.read_text())["config"]
        assert suite.seeds == tuple(config["seeds"])
        assert suite.num_samples == config["num_samples"]
        assert {method.steps for method in suite.methods} == {config["sampling_steps"]}


def test_the_recommended_ones_begin_with_an_exact_method():
    suite = read_suite("recommended")
    assert suite.schedule is None
    assert suite.optional_checkpoints
    assert suite.methods[0].is_exact
    plain = {"random_topp0.9_no_remask", "llada_topp0.9_no_remask", "margin_temp1.0_no_remask"}
    assert plain <= set(names(suite))
    assert any(m.remasking and (m.remasking.eta or 1) < 0.1 for m in suite.methods)


# ---------------------------------------------------------------- a file of one's own


def test_a_file_of_ones_own(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "description: two methods\n"
        "schedule: cosine\n"
        "seeds: [1]\n"
        "num_samples: 5\n"
        "sampling_steps: 20\n"
        "methods:\n"
        "  - margin_temp1.0_no_remask\n"
        "  - {name: random_temp1.0_no_remask, sampling_steps: 50}\n"
    )
    assert read_suite(path) == Suite(
        name="mine",
        description="two methods",
        schedule="cosine",
        optional_checkpoints=False,
        seeds=(1,),
        num_samples=5,
        methods=(Method("margin", steps=20), Method("random", steps=50)),
    )


def test_only_methods_are_needed(tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text(yaml.safe_dump({"methods": METHODS}))
    suite = read_suite(path)
    assert names(suite) == METHODS
    assert (suite.schedule, suite.num_samples, len(suite.seeds)) == (None, 1000, 5)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"method": []}, "method: there is no such field; did you mean methods?"),
        ({"xyz": 1}, "xyz: there is no such field; known: description, schedule, "),
        ({"methods": None}, "methods: expected a list of names of methods, got nothing"),
        ({"methods": []}, "methods: expected a list of names of methods, got []"),
        ({"methods": "x"}, "methods: expected a list of names of methods, got 'x'"),
        ({"methods": [3]}, "methods/1: expected the name of a method, or its name and "),
        ({"methods": [METHODS[0], "randm_topp0.9"]}, "methods/2: 'randm_topp0.9' names no method"),
        ({"methods": [METHODS[0], METHODS[0]]}, f"methods/2: {METHODS[0]} stands there twice"),
        (
            {"methods": ["random_topp0.90_no_remask"]},
            "methods/1: expected random_topp0.9_no_remask, as its files are called, got random",
        ),
        (
            {"methods": ["random_temp1.0_remdm_cap_eta2"]},
            "methods/1: remasking.eta must be in (0, 1], got 2.0",
        ),
        ({"methods": [{"steps": 3}]}, "methods/1: steps: there is no such field; known: name, "),
        (
            {"methods": [{"name": METHODS[0], "sampling_steps": 0}]},
            "sampling_steps: expected a whole number in 1..100,000, got 0",
        ),
        ({"schedule": "logliner"}, "schedule: expected one of loglinear, linear, cosine, learned"),
        ({"schedule": "learned"}, "methods/1: expected v2_random_topp0.9_no_remask under schedule"),
        ({"seeds": [1, 1]}, "seeds: expected a list of distinct whole numbers from 0, got [1, 1]"),
        ({"seeds": 5}, "seeds: expected a list"),
        ({"seeds": [True]}, "seeds: expected a list"),
        ({"seeds": [2**64]}, "seeds: expected a list"),
        ({"num_samples": "1k"}, "num_samples: expected a whole number in 1..10,000,000, got '1k'"),
        ({"sampling_steps": 1.5}, "sampling_steps: expected a whole number in 1..100,000, got 1.5"),
        ({"description": 3}, "description: expected one line of text, got 3"),
        ({"optional_checkpoints": "no"}, "optional_checkpoints: expected true or false, got 'no'"),
    ],
)
def test_mistakes_name_file_and_field(refusal, fields, message):
    assert refusal(**fields).startswith(message)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("recomended", "did you mean recommended?"),
        ("xyzzy", "there are published-learned, "),
        ("missing.yaml", "cannot be read (No such file or directory)"),
    ],
)
def test_a_suite_that_does_not_exist(name, hint):
    with pytest.raises(InputError, match=f"^{name}: ") as caught:
        read_suite(name)
    assert hint in str(caught.value)


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
_FIELDS = st.sampled_from(
    ["description", "schedule", "seeds", "num_samples", "sampling_steps", "methods", "x"]
)


@given(st.dictionaries(_FIELDS, _PLAIN))
def test_any_fields_give_a_suite_or_one_line(tmp_path_factory, fields):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(yaml.safe_dump(fields, allow_unicode=True), encoding="utf-8")
    try:
        answer = read_suite(path)
    except InputError as error:
        answer = str(error)
    if isinstance(answer, Suite):
        assert answer.methods
    else:
        assert "\n" not in answer
        assert answer.startswith(f"{path}: ")


def test_the_folder_holds_suites_only():
    assert {path.suffix for path in FOLDER.iterdir()} == {".yaml"}
