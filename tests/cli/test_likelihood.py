"""`bd-gen likelihood`: what it prints, what it writes, and what it refuses in one line."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats
from tests.generation.checkpoints import DATA, MODEL, saved

from bd_gen.cli import likelihood as module
from bd_gen.cli.main import cli, run
from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.generation.held_out import held_out_plans
from bd_gen.model.any_order import any_order_nats
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.given_tokens import GIVEN
from bd_gen.model.order_laws import ORDER_LAWS
from bd_gen.training.checkpoint import load_checkpoint

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def likelihood(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command: exit code, stdout, stderr."""

    def call(*args: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", ["likelihood", *args])
        assert isinstance(ended.value.code, int)
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


def fitting(folder: Path, name: str, seed: int = 0) -> str:
    """A checkpoint that knows its data."""
    fingerprint = load_dataset(DataConfig(**DATA)).fingerprint
    return str(saved(folder, name, seed=seed, data_fingerprint=fingerprint))


def lines_of_plans(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_prints_and_writes_the_same_numbers_each_time(tmp_path: Path, likelihood: Command) -> None:
    path, out = fitting(tmp_path, "a.pt"), tmp_path / "nats.json"
    code, text, _ = likelihood(path, "--num", "4", "--out", str(out))
    assert code == 0
    first = json.loads(out.read_text())
    numbers = first["checkpoints"][path]
    assert numbers["num_diagrams"] == 4
    assert f"{numbers['nats_per_diagram']:.3f} ±" in text
    assert likelihood(path, "--num", "4", "--out", str(out))[1] == text
    assert json.loads(out.read_text()) == first


def test_several_checkpoints_and_parts(tmp_path: Path, likelihood: Command) -> None:
    first, second = fitting(tmp_path, "a.pt"), fitting(tmp_path, "b.pt")
    code, text, _ = likelihood(first, second, "--split", "train", "--num", "3")
    assert code == 0
    assert text.count("nats per diagram (3 diagrams") == 2


def test_what_is_printed_is_called_a_bound(tmp_path: Path, likelihood: Command) -> None:
    path = fitting(tmp_path, "a.pt")
    code, text, err = likelihood(path, "--orders", "3", "--num", "4")
    assert (code, err) == (0, "")
    plans = held_out_plans({"a": load_checkpoint(path)}, num=4)
    nats = any_order_nats(load_checkpoint(path).denoiser(), plans.tokens, num_orders=3)
    lines = text.splitlines()
    assert lines[0] == (
        f"{path}: {nats.mean:.3f} ± {nats.standard_error:.3f} nats per diagram "
        f"(4 diagrams; {nats.per_token:.4f} per token), an upper bound: mean over 3 orders (random)"
    )
    tight = nats.log_mean_exp
    error = tight.std(ddof=1) / 2
    assert lines[1] == (
        f"  {tight.mean():.3f} ± {error:.3f}: log-mean-exp over the orders, a tighter bound"
    )
    assert lines[2] == f"  {nats.inconsistency:.3f}: s.d. between orders of one diagram"
    number = int((~plans.has_twin).sum())
    assert lines[3].startswith(f"  of which {number} plans without a renumbered training twin: ")
    assert "exact" not in text


def test_orders_stand_side_by_side_with_their_difference_to_random(
    tmp_path: Path, likelihood: Command
) -> None:
    path, out = fitting(tmp_path, "a.pt"), tmp_path / "nats.json"
    code, text, _ = likelihood(path, "--order", "all", "--orders", "2", "--out", str(out))
    assert code == 0
    table = [line.split() for line in text.splitlines()[-5:]]
    assert table[0] == ["order", "nats", "log-mean-exp", "s.d.", "between", "minus", "random"]
    assert [row[0] for row in table[1:]] == list(ORDER_LAWS)
    plans = held_out_plans({"a": load_checkpoint(path)})
    denoiser = load_checkpoint(path).denoiser()
    nats = {
        law: any_order_nats(denoiser, plans.tokens, num_orders=2, law=law) for law in ORDER_LAWS
    }
    difference = nats["rooms"].per_diagram - nats["random"].per_diagram
    error = difference.std(ddof=1) / len(difference) ** 0.5
    assert table[4][1] == f"{nats['rooms'].mean:.3f}"
    assert table[4][8:] == [f"{difference.mean():+.3f}", "±", f"{error:.3f}"]
    numbers = json.loads(out.read_text())["checkpoints"][path]
    assert numbers["nats_per_diagram"] == nats["random"].mean
    stored = numbers["by_order"]["rooms"]
    assert stored["difference"]["minus"] == "random"
    assert stored["difference"]["nats_per_diagram"]["mean"] == pytest.approx(difference.mean())
    assert stored["between_orders"] == pytest.approx(nats["rooms"].inconsistency)
    # Laws without the random one are set beside the first.
    _, text, _ = likelihood(path, "--order", "rooms", "--order", "types", "--order", "rooms")
    assert text.splitlines()[-3].split() == ["order", "nats", "minus", "rooms"]
    assert [line.split()[0] for line in text.splitlines()[-2:]] == ["rooms", "types"]


def test_every_plan_in_a_file(tmp_path: Path, likelihood: Command) -> None:
    path, out = fitting(tmp_path, "a.pt"), tmp_path / "plans.csv"
    numbers = tmp_path / "nats.json"
    options = ("--order", "types", "--order", "edges", "--orders", "2", "--given", "half")
    code, text, _ = likelihood(path, *options, "--out", str(out), "--out", str(numbers))
    assert code == 0
    plans = held_out_plans({"a": load_checkpoint(path)})
    lines = lines_of_plans(out)
    assert [line["plan"] for line in lines] == plans.ids.tolist() * 2
    assert [line["order"] for line in lines[:: len(plans.ids)]] == ["types", "edges"]
    assert {line["checkpoint"] for line in lines} == {path}
    first = lines[: len(plans.ids)]
    for line, has_twin in zip(first, plans.has_twin, strict=True):
        n = int(line["rooms"])
        assert int(line["tokens"]) == n * (n + 1) // 2 - n * (n + 1) // 4
        assert float(line["log_mean_exp"]) <= float(line["nats"])
        assert float(line["between_orders"]) >= 0
        assert line["renumbered_training_twin"] == str(int(has_twin))
    mean = np.mean([float(line["nats"]) for line in first])
    stored = json.loads(numbers.read_text())
    assert stored["checkpoints"][path]["nats_per_diagram"] == pytest.approx(mean)
    assert stored["given"] == "half"
    assert f"{mean:.3f} ±" in text
    assert "nats per diagram given half of the tokens (" in text


def test_one_order_and_training_plans_leave_cells_empty(
    tmp_path: Path, likelihood: Command
) -> None:
    path, out = fitting(tmp_path, "a.pt"), tmp_path / "plans.csv"
    code, text, _ = likelihood(path, "--split", "train", "--num", "3", "--out", str(out))
    assert code == 0
    assert "twin" not in text
    for line in lines_of_plans(out):
        assert (line["between_orders"], line["renumbered_training_twin"]) == ("", "")
        assert line["log_mean_exp"] == line["nats"]


def test_checkpoints_are_compared_plan_by_plan(tmp_path: Path, likelihood: Command) -> None:
    first, second = fitting(tmp_path, "a.pt"), fitting(tmp_path, "b.pt", seed=1)
    out = tmp_path / "nats.json"
    code, text, _ = likelihood(first, second, "--orders", "2", "--out", str(out))
    assert code == 0
    plans = held_out_plans({"a": load_checkpoint(first)})
    a, b = (
        any_order_nats(load_checkpoint(path).denoiser(), plans.tokens, num_orders=2)
        for path in (first, second)
    )
    difference = b.per_diagram - a.per_diagram
    (stored,) = json.loads(out.read_text())["differences"]
    assert (stored["checkpoint"], stored["minus"], stored["order"]) == (second, first, "random")
    found = stored["nats_per_diagram"]
    assert found["mean"] == pytest.approx(difference.mean())
    low, high = found["interval95"]
    # Of the differences of single plans, not of two means apart.
    paired = stats.ttest_1samp(difference, 0.0).confidence_interval(0.95)
    assert (low, high) == pytest.approx(tuple(paired))
    apart = stats.ttest_ind(b.per_diagram, a.per_diagram).confidence_interval(0.95)
    assert (low, high) != pytest.approx(tuple(apart))
    line = text.splitlines()[-1]
    assert line.startswith(
        f"{second} minus {first}: {difference.mean():+.3f} nats per diagram "
        f"(95 % interval {low:+.3f} to {high:+.3f}); log-mean-exp "
    )
    code, text, _ = likelihood(first, second, "--num", "1")
    assert text.splitlines()[-1].endswith("nats per diagram (one diagram gives no interval)")


def test_the_mean_of_models_and_mirrors(tmp_path: Path, likelihood: Command) -> None:
    first, second = fitting(tmp_path, "a.pt"), fitting(tmp_path, "b.pt", seed=1)
    out, name = tmp_path / "nats.json", f"mean of {first}, {second}"
    code, text, _ = likelihood(first, second, "--mean", "--num", "4", "--out", str(out))
    assert code == 0
    report = json.loads(out.read_text())
    assert list(report["checkpoints"]) == [first, second]
    assert f"{name}: {report['means'][name]['nats_per_diagram']:.3f} ±" in text
    assert f"{name} minus {first}: " in text
    code, text, _ = likelihood(first, "--mirror", "--num", "4", "--out", str(out))
    assert code == 0
    mirrored = f"mean of {first} and its mirror image"
    assert list(json.loads(out.read_text())["means"]) == [mirrored]
    code, text, _ = likelihood(first, second, "--mean", "--mirror", "--num", "2")
    assert code == 0
    assert f"{name} and their mirror images: " in text


def test_numbers_do_not_depend_on_batches(tmp_path: Path, likelihood: Command) -> None:
    path = fitting(tmp_path, "a.pt")
    options = (path, "--order", "all", "--given", "types", "--mirror")
    assert likelihood(*options)[1] == likelihood(*options, "--batch-size", "2")[1]


def test_models_with_time_and_learned_processes(tmp_path: Path, likelihood: Command) -> None:
    fingerprint = load_dataset(DataConfig(**DATA)).fingerprint
    learned = saved(tmp_path, "l.pt", is_learned=True, data_fingerprint=fingerprint)
    code, text, _ = likelihood(str(learned), "--num", "2")
    assert (code, "nats per diagram" in text) == (0, True)
    config = {
        "model": {**MODEL, "time_conditioning": True},
        "noise": "learned",
        "data": DATA,
        "training": {},
    }
    model = with_time_weights()
    both = {"config": config, "model_state_dict": model, "data_fingerprint": fingerprint}
    timed = saved(tmp_path, "t.pt", **{**both, "config": {**config, "noise": "linear"}})
    assert likelihood(str(timed), "--num", "2")[0] == 0
    path = saved(tmp_path, "x.pt", is_learned=True, **both)
    code, text, _ = likelihood(str(path), "--num", "2")
    assert (code, "nats per diagram" in text) == (0, True)


def with_time_weights() -> dict[str, torch.Tensor]:
    model = Denoiser(ModelConfig(**{**MODEL, "time_conditioning": True}), Vocabulary(DATA["n_max"]))
    return model.state_dict()


def test_the_words_of_options_are_those_of_the_package() -> None:
    assert tuple(ORDER_LAWS) == module.ORDERS
    assert module.GIVEN == GIVEN


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("missing.pt",), "no checkpoint"),
        (("a.pt",), "have changed"),
        (("data=synthetic",), "expected the path of a checkpoint"),
        (("a.pt", "data=synthetic", "data.n_max=5"), "data.n_max: expected"),
        (("a.pt", "data.colour=red"), "expected data=SOURCE"),
        (("a.pt", "--order", "confidence"), "'--order': 'confidence' is not one of 'random', 'ty"),
        (("a.pt", "--orders", "0"), "'--orders': 0 is not in the range x>=1"),
        (("a.pt", "--given", "rooms"), "'--given': 'rooms' is not one of 'types', 'half'"),
        (("a.pt", "--out", "nats.txt"), "--out nats.txt: expected a name that ends in .json or"),
        (("a.pt", "a.pt"), "a.pt: was given twice"),
        (("a.pt", "--mean"), "--mean: expected at least two checkpoints, or --mirror"),
        (("a.pt", "other.pt"), "other.pt: was trained on other data than a.pt; name the plans"),
        (("a.pt", "missing.pt"), "missing.pt: there is no checkpoint"),
    ],
)
def test_mistakes_are_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    likelihood: Command,
    args: tuple[str, ...],
    words: str,
) -> None:
    saved(tmp_path, "a.pt")
    saved(tmp_path, "other.pt", data_fingerprint="f" * 16)
    monkeypatch.chdir(tmp_path)
    code, _, err = likelihood(*args)
    assert code == 2
    assert words in err
    assert len(err.strip().splitlines()) == 1


def test_other_data_than_those_of_training_are_told(tmp_path: Path, likelihood: Command) -> None:
    path, out = saved(tmp_path, "a.pt"), tmp_path / "nats.json"
    words = ("data=synthetic", "data.n_max=4", "data.num_plans=60", "--out", str(out))
    code, _, err = likelihood(str(path), *words)
    assert code == 0
    assert err.startswith(f"{path}: was trained on other data (fingerprint 0123456789abcdef) than")
    assert len(err.strip().splitlines()) == 1
    assert json.loads(out.read_text())["notes"] == [err.strip()]


def test_no_argument_shows_the_usage(likelihood: Command) -> None:
    code, _, err = likelihood()
    assert code == 2
    assert "CHECKPOINT" in err
