"""Words of the published system: taken with their meaning, or refused with what to write."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.training.published_files import published_file

from bd_gen.cli.compose import compose
from bd_gen.cli.generate import generation_job
from bd_gen.cli.published_scripts import published_words
from bd_gen.cli.run_settings import run_config
from bd_gen.system.errors import InputError

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def checkpoint(tmp_path: Path) -> str:
    return f"eval.checkpoint_path={published_file(tmp_path)}"


def drawn_by(*words: str) -> str:
    job, _ = generation_job(words)
    return job.method.name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("", "random_argmax_no_remask"),
        ("eval.unmasking_mode=llada eval.top_p=null", "llada_argmax_no_remask"),
        ("eval.unmasking_mode=llada ~eval.top_p", "llada_argmax_no_remask"),
        ("eval.unmasking_mode=llada eval.top_p=0.9", "llada_topp0.9_no_remask"),
        ("eval.top_p=0.9 eval.remasking.strategy=cap", "random_topp0.9_no_remask"),
        (
            "eval.top_p=0.9 eval.remasking.enabled=true",
            "random_topp0.9_remdm_cap_eta0.1",
        ),
        (
            "eval.top_p=0.9 eval.remasking.enabled=true eval.remasking.eta=0.4",
            "random_topp0.9_remdm_cap_eta0.4",
        ),
        (
            "eval.top_p=0.9 eval.remasking.enabled=true eval.remasking.strategy=confidence "
            "eval.remasking.eta=0.0 eval.remasking.t_switch=0.5",
            "random_topp0.9_remdm_confidence_tsw0.5",
        ),
        ("noise.type=loglinear wandb.mode=disabled", "random_argmax_no_remask"),
        ("data=graph2plan training=default", "random_argmax_no_remask"),
    ],
)
def test_the_script_draws_by_the_method_that_the_published_one_did(
    checkpoint: str, words: str, name: str
) -> None:
    command, *overrides = published_words("generate", [checkpoint, *words.split()])
    assert command == "generate"
    assert drawn_by(*overrides) == name


def test_the_command_keeps_its_own_defaults(checkpoint: str) -> None:
    assert drawn_by(checkpoint) == "first_hitting_temp1.0_no_remask_sweep2"
    assert (
        drawn_by(checkpoint, "eval.remasking.enabled=false")
        == "first_hitting_temp1.0_no_remask_sweep2"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], True),
        (["eval.unmasking_mode=llada"], True),
        (["eval.unmasking_mode=llada", "eval.top_p=0.9"], False),
    ],
)
def test_a_default_that_differs_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], told: bool
) -> None:
    published_words("generate", ["eval.checkpoint_path=x", *words])
    err = capsys.readouterr().err
    assert err.count("\n") == told
    assert ("docs/published.md" in err) == told


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("seed=42", "write eval.seeds=[SEED]"),
        ("wandb.mode=online", "drop it, or write wandb.mode=disabled"),
        ("wandb.project=x", "nothing is sent anywhere"),
        ("eval.visualize=true", "bd-gen show METHOD --png"),
        ("eval.metrics=[novelty]", "bd-gen evaluate --metric"),
        ("eval.conditional_topN_pairs=10", "20 most frequent pairs"),
        ("training.lr=1", "the checkpoint says it"),
        ("data=plans", "is data=graph2plan"),
        ("model=small", "is model=of another size"),
        ("training=v2", "is training=default"),
        ("eval.remasking.enabled=maybe", "expected true or false"),
        ("~eval.topp", "expected KEY=VALUE"),
    ],
)
def test_generate_refuses_with_what_to_write(checkpoint: str, word: str, advice: str) -> None:
    with pytest.raises(InputError) as refused:
        generation_job([checkpoint, word])
    assert advice in str(refused.value)
    assert "did you mean" not in str(refused.value)


@pytest.mark.parametrize(
    ("word", "key", "value"),
    [
        ("noise.type=linear", "noise.name", "linear"),
        ("training=v2", "noise.name", "learned_rates"),
        ("noise.type=learned", "noise.name", "learned_rates"),
        ("noise=learned", "noise.name", "learned"),
        ("model.dropout=0.1", "training.dropout", 0.1),
        ("seed=7", "training.seed", 7),
        ("training.lr=0.001", "training.learning_rate", 0.001),
        ("training.grad_clip=0.5", "training.clip", 0.5),
        ("training.ema=false", "training.ema", 0),
        ("training.ema=true", "training.ema", 0.9999),
        ("data.batch_size=64", "training.batch_size", 64),
        ("model.d_model=64", "model.width", 64),
        ("wandb.mode=disabled", "training.steps", 20_000),
        ("model=base", "model.width", 256),
    ],
)
def test_train_takes_them_with_their_meaning(word: str, key: str, value: object) -> None:
    section, _, name = key.partition(".")
    assert compose("train", [word])[section][name] == value


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("training.epochs=500", "write training.steps=STEPS"),
        ("training.epochs=0", "expected a whole number from 1"),
        ("training.lambda_edge=2", "rooms and relations count alike"),
        ("training.val_every=5", "write training.validate_every=STEPS"),
        ("data.num_workers=4", "the training set stays on the device"),
        ("experiment_name=a", "write run.dir=FOLDER"),
        ("training=v3", "training must be one of default"),
        ("eval.top_p=0.9", "belongs to `bd-gen generate`"),
    ],
)
def test_train_refuses_with_what_to_write(word: str, advice: str) -> None:
    with pytest.raises(InputError) as refused:
        compose("train", [word])
    assert advice in str(refused.value)
    assert "did you mean" not in str(refused.value)


def test_epochs_of_rplan_are_steps() -> None:
    words = ["data=graph2plan", "data.path=x", "training.epochs=500"]
    assert compose("train", words)["training"]["steps"] == 126_230
    words.append("training.batch_size=512")
    assert compose("train", words)["training"]["steps"] == 63_115


def test_the_training_script_has_the_published_defaults() -> None:
    config = run_config(published_words("train", [])[1:])
    assert config.data.source == "graph2plan"
    assert config.data.path is not None
    assert config.data.path.endswith("data/data.mat")
    assert (config.noise, config.model.width) == ("loglinear", 128)
    assert (config.training.steps, config.training.ema) == (126_230, 0)
    assert config.model.time_conditioning
    assert config.data.split == "published"
    other = run_config(published_words("train", ["data=synthetic", "training.steps=5"])[1:])
    assert (other.data.source, other.training.steps) == ("synthetic", 5)
    split = run_config(published_words("train", ["data.split=canonical"])[1:]).data.split
    assert split == "canonical"


def test_the_training_script_takes_learned_noise_by_its_published_meaning(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = published_words("train", ["noise=learned", "training.steps=5"])
    assert run_config(words[1:]).noise == "learned_rates"
    assert "`bd-gen train noise=learned` learns a law over orders" in capsys.readouterr().err


def test_evaluation_looks_for_the_published_file_where_samples_name_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert published_words("evaluate", ["--list"]) == ["evaluate", "--list"]
    assert published_words("evaluate", []) == ["evaluate"]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "data.mat").touch()
    words = ["data=graph2plan", "data.path=data/data.mat", "data.split=published"]
    assert published_words("evaluate", [])[1:] == words
    assert published_words("evaluate", ["data=synthetic"])[1:] == ["data=synthetic"]


@pytest.mark.parametrize("name", ["generate_samples", "train", "evaluate", "compare"])
def test_scripts_run(name: str, tmp_path: Path) -> None:
    words = [sys.executable, str(SCRIPTS / f"{name}.py"), "--help"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert "Usage: bd-gen" in done.stdout


def test_the_generating_script_asks_for_a_checkpoint() -> None:
    with pytest.raises(InputError, match=r"eval\.checkpoint_path is needed"):
        published_words("generate", [])
