import pytest

from bd_gen.cli.overrides import data_config_from_overrides
from bd_gen.data.config import DataConfig
from bd_gen.system.errors import InputError


def test_no_words_name_no_data() -> None:
    assert data_config_from_overrides([]) is None


def test_words_become_fields_of_their_types() -> None:
    words = ["data=plans", "data.path=a=b.jsonl", "data.n_max=14", "data.skip_bad=true"]
    assert data_config_from_overrides([*words, "data.labels=null"]) == DataConfig(
        source="plans", path="a=b.jsonl", n_max=14, skip_bad=True
    )
    assert data_config_from_overrides(["data.seed=3"]) == DataConfig(seed=3)


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """No shell replaces it after the = of a word."""
    monkeypatch.setenv("HOME", "/home/ada")
    found = data_config_from_overrides(["data=plans", "data.path=~/a.jsonl", "data.labels=b~.json"])
    assert found == DataConfig(source="plans", path="/home/ada/a.jsonl", labels="b~.json")


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("data.n_max=eight", "data.n_max=eight: expected an integer"),
        ("data.skip_bad=maybe", "data.skip_bad=maybe: expected true or false"),
        ("data.pth=x", r"data\.pth=x: expected .*did you mean data\.path=\.\.\."),
        ("path=x", "path=x: expected data=SOURCE or"),
        ("data", "data: expected data=SOURCE or"),
        ("noise=linear", "noise=linear: expected data=SOURCE or"),
        (
            "data=plns",
            "expected one of synthetic, graph2plan, plans, resplan, lifull, "
            "housegan, graphml, got 'plns'",
        ),
        ("data.n_max=0", "n_max: expected an integer in"),
    ],
)
def test_other_words_are_refused(word: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        data_config_from_overrides([word])
