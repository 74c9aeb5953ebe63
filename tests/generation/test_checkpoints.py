import shutil

import pytest
from tests.generation.checkpoints import saved

from bd_gen.generation.checkpoints import read_checkpoints
from bd_gen.system.errors import InputError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Checkpoints of three kinds in the current directory."""
    saved(tmp_path, "fixed.pt")
    saved(tmp_path, "linear.pt", noise="linear")
    saved(tmp_path, "learned.pt", is_learned=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_alone_goes_by_its_own_schedule(folder):
    found = read_checkpoints(["learned.pt", "linear.pt", "loglinear=fixed.pt"])
    assert list(found) == ["learned", "linear", "loglinear"]
    assert found.fixed == ["linear", "loglinear"]
    assert {label: str(given.path) for label, given in found.items()} == {
        "learned": "learned.pt",
        "linear": "linear.pt",
        "loglinear": "fixed.pt",
    }
    assert found["learned"].content.is_learned
    assert found["linear"].content.noise == "linear"


def test_a_name_with_an_equals_sign_is_a_file(folder):
    shutil.copy("fixed.pt", "lr=1.pt")
    for option in ("lr=1.pt", "loglinear=lr=1.pt"):
        assert str(read_checkpoints([option])["loglinear"].path) == "lr=1.pt"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["missing.pt"], "missing.pt: there is no checkpoint of that name"),
        (["loglinear=missing.pt"], "missing.pt: there is no checkpoint of that name"),
        (
            ["logliner=fixed.pt"],
            "--checkpoint logliner=fixed.pt: expected FILE or SCHEDULE=FILE, where SCHEDULE is one "
            "of loglinear, linear, cosine, learned; did you mean loglinear?",
        ),
        (
            ["linear=fixed.pt"],
            "--checkpoint linear=fixed.pt: fixed.pt was trained with noise=loglinear",
        ),
        (
            ["loglinear=learned.pt"],
            "--checkpoint loglinear=learned.pt: learned.pt was trained with a learned process",
        ),
        (
            ["fixed.pt", "loglinear=fixed.pt"],
            "--checkpoint loglinear=fixed.pt: fixed.pt was given for loglinear already",
        ),
    ],
)
def test_mistakes_are_one_line(folder, options, message):
    with pytest.raises(InputError) as caught:
        read_checkpoints(options)
    assert str(caught.value) == message
