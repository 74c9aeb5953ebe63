"""Commands take checkpoints of the published system as they are."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.generation.checkpoints import MODEL, saved
from tests.training.published_files import published_file

import bd_gen
from bd_gen.cli.main import cli
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.generation.suites import read_suite
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.results.samples_file import read_samples, write_samples
from bd_gen.system.errors import InputError

FEW = ("eval.num_samples=4", "eval.seeds=[1]", "eval.sampling_steps=5", "eval.unmasking_mode=llada")
DATA = ("data=synthetic", "data.num_plans=60")
CONFIG = {
    "seeds": [1],
    "num_samples": 4,
    "sampling_steps": 5,
    "temperature": 0.0,
    "top_p": 0.9,
    "unmasking_mode": "llada",
    "remasking_enabled": False,
    "remasking_strategy": None,
    "remasking_eta": None,
    "remasking_t_switch": None,
    "checkpoint": "checkpoint_final.pt",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    done = CliRunner().invoke(cli, words)
    if done.exception is not None and not isinstance(done.exception, SystemExit | InputError):
        raise done.exception
    return done


@pytest.mark.parametrize("noise", ["loglinear", "linear", "learned"])
def test_generate_says_once_that_the_loss_was_weighted(folder: Path, noise: str) -> None:
    path = published_file(folder, noise)
    done = run("generate", f"eval.checkpoint_path={path}", *FEW)
    assert done.exit_code == 0, done.output
    assert done.stderr.count("class-weighted") == 1
    prefix = "v2_" if noise == "learned" else ""
    file = folder / "eval_results" / noise / f"{prefix}llada_temp1.0_no_remask_samples.pt"
    provenance = read_samples(file).provenance
    assert provenance["published"] == {"epoch": 9, "class_weighted_loss": True}
    assert provenance["data_fingerprint"] is None
    assert provenance["checkpoint_step"] is None


def test_evaluate_asks_for_the_data_that_the_file_cannot_give(folder: Path) -> None:
    run("generate", f"eval.checkpoint_path={published_file(folder)}", *FEW)
    done = run("evaluate", "--schedule", "loglinear", "--workers", "1")
    assert done.exit_code == 2
    assert "data/data.mat" in done.stderr
    done = run("evaluate", "--schedule", "loglinear", "--workers", "1", "--published", *DATA)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("noise", ["loglinear", "learned"])
def test_likelihood_takes_them(folder: Path, noise: str) -> None:
    path = published_file(folder, noise)
    done = run("likelihood", str(path), *DATA, "--out", "nats.json", "--num", "4")
    assert done.exit_code == 0, done.output
    assert done.stderr.count("class-weighted") == 1
    nats = json.loads(Path("nats.json").read_text())["checkpoints"][str(path)]
    assert 0 < nats["nats_per_diagram"] < 1000


def test_likelihood_divides_class_weights_out_and_writes_them_down(folder: Path) -> None:
    path = published_file(folder)
    words = ["likelihood", str(path), *DATA, "--out", "nats.json", "--num", "4"]
    done = run(*words)
    assert done.exit_code == 0, done.output
    before = json.loads(Path("nats.json").read_text())
    assert "class_weights" not in before
    (note,) = before["notes"]
    assert note.startswith(f"{path}: does not say by a fingerprint which plans")
    assert note in done.stderr
    weights = {"edge": [1.0] * 10 + [1e-6]}
    Path("weights.json").write_text(json.dumps(weights))
    done = run(*words, "--class-weights", "weights.json")
    assert "divided out" in done.stderr
    after = json.loads(Path("nats.json").read_text())
    assert after["class_weights"] == weights
    nats = [found["checkpoints"][str(path)]["nats_per_diagram"] for found in (before, after)]
    assert abs(nats[1] - nats[0]) > 0.1


def test_likelihood_compares_them_with_others_on_data_that_are_named(folder: Path) -> None:
    path, vocabulary = published_file(folder), Vocabulary(8)
    own = saved(
        folder,
        "own.pt",
        n_max=8,
        num_rooms_histogram=[0] + [1] * 8,
        model_state_dict=Denoiser(ModelConfig(**MODEL), vocabulary).state_dict(),
    )
    done = run("likelihood", str(path), str(own))
    assert f"{own}: was trained on other data than {path}" in str(done.exception)
    done = run("likelihood", str(path), str(own), *DATA, "--num", "4")
    assert done.exit_code == 0, done.output
    assert f"{own} minus {path}: " in done.stdout


def test_likelihood_finds_the_data_that_they_name(folder: Path) -> None:
    done = run("likelihood", str(published_file(folder)))
    assert "data/data.mat" in str(done.exception)


def test_published_results_go_from_backfill_to_a_comparison(folder: Path) -> None:
    results = folder / "eval_results" / "linear"
    results.mkdir(parents=True)
    names = ("llada_topp0.9_no_remask", "v2_llada_topp0.9_no_remask")
    for name in names:
        content = {
            "format_version": 2,
            "method": name,
            "timestamp": "2026",
            "config": CONFIG,
            "per_seed": {"1": {"eval/diversity": 0.5}},
            "summary": {"eval/diversity": {"mean": 0.5, "std": 0.0}},
            "denoising": {},
        }
        (results / f"{name}.json").write_text(json.dumps(content))
    given = [
        f"--checkpoint={published_file(folder, 'linear')}",
        f"--checkpoint=learned={published_file(folder, 'learned')}",
    ]
    done = run("backfill", str(results), *given)
    assert done.exit_code == 0, done.output
    assert len(list(results.glob("*_samples.pt"))) == 2
    _evaluate_and_compare("linear", names)


def _evaluate_and_compare(schedule: str, names: Sequence[str]) -> None:
    """The samples of all methods become numbers and columns; published scores of denoising go."""
    where = ("--schedule", schedule)
    done = run("evaluate", *where, "--workers", "1", "--family", "Validity", *DATA)
    assert done.exit_code == 0, done.output
    assert done.output.count("metrics computed") == len(names)
    done = run("compare", *where)
    assert done.exit_code == 0, done.output
    text = Path("eval_results", schedule, "comparison.md").read_text()
    header = next(line for line in text.splitlines() if line.startswith("|  |"))
    assert set(header.strip("| ").split(" | ")) == set(names)
    for name in names:
        result = json.loads(Path("eval_results", schedule, f"{name}.json").read_text())
        assert result["summary"]["eval/validity_rate"]["mean"] <= 1
        assert len(result["provenance"]["checkpoint_sha256"]) == 64
        assert not result["denoising"]


@pytest.mark.slow
def test_the_three_checkpoints_and_the_35_methods_from_end_to_end(
    folder: Path, dev_data: Path
) -> None:
    """23 published results by backfill from two checkpoints, 12 methods by suite from the third."""
    models, results = dev_data / "reference" / "checkpoints", folder / "eval_results" / "loglinear"
    results.mkdir(parents=True)
    for path in (dev_data / "reference" / "results").glob("*.json"):
        content = json.loads(path.read_text())
        content["config"] |= {"seeds": [42], "num_samples": 8}
        content["per_seed"] = {"42": content["per_seed"]["42"]}
        (results / path.name).write_text(json.dumps(content))
    given = [f"--checkpoint={models / name}.pt" for name in ("v1_loglinear", "v2")]
    done = run("backfill", str(results), *given)
    assert done.exit_code == 0, done.output
    published = [path.stem for path in results.glob("*.json")]
    assert len(published) == 23
    _evaluate_and_compare("loglinear", published)
    suite = read_suite("published-linear").methods
    few = ["--seeds", "42", "--num-samples", "8"]
    linear = f"--checkpoint={models / 'v1_linear.pt'}"
    done = run("suite", "run", "published-linear", linear, *few, *DATA)
    assert done.exit_code == 0, done.output
    written = {path.name for path in Path("eval_results/linear").iterdir()}
    for method in suite:
        assert {f"{method.name}.json", f"{method.name}_samples.pt"} <= written
    assert len(suite) == 12


@pytest.mark.parametrize("noise", ["loglinear", "learned"])
def test_draw_strip_and_python_take_them(folder: Path, noise: str) -> None:
    path = published_file(folder, noise)
    done = run("draw", str(path), "--no-solver", "--out", "film.svg")
    assert done.exit_code == 0, done.output
    assert done.stderr.count("class-weighted") == 1
    assert run("strip", str(path), "small.pt").exit_code == 0
    done = run("draw", "small.pt", "--no-solver", "--out", "small.svg")
    assert done.exit_code == 0, done.output
    assert len(bd_gen.load(path).sample(2, seed=1)) == 2


def test_a_suite_takes_them(folder: Path) -> None:
    path = published_file(folder, "linear")
    done = run("suite", "run", "published-linear", f"--checkpoint={path}", "--dry-run")
    assert done.exit_code == 0, done.output
    assert done.stdout.count("bd-gen generate") == 12
    assert done.stderr.count("class-weighted") == 1


@pytest.mark.slow
def test_class_weights_change_the_samples_and_are_recorded(folder: Path) -> None:
    path = published_file(folder)
    words = ["generate", f"eval.checkpoint_path={path}", *FEW]
    assert run(*words).exit_code == 0
    file = folder / "eval_results/loglinear/llada_temp1.0_no_remask_samples.pt"
    before = read_samples(file)
    weights = [1.0] * 10 + [1e-6]
    Path("weights.json").write_text(json.dumps(weights))
    words.append("eval.class_weights=weights.json")
    refused = run(*words)
    assert "holds samples drawn with class_weights=None" in str(refused.exception)
    done = run(*words, "eval.overwrite=true")
    assert "divided out" in done.stderr
    after = read_samples(file)
    assert after.config["class_weights"] == {"edge": weights}
    none = [(samples.per_seed[1].tokens[:, 8:] == 10).sum() for samples in (before, after)]
    assert none[1] > none[0]
    # Whoever draws, the weights go along.
    again = run(*words, "eval.overwrite=true", "--engine", "processes", "--workers", "1")
    assert again.exit_code == 0, again.output
    assert (read_samples(file).per_seed[1].tokens == after.per_seed[1].tokens).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1, 2]", "edge: expected a list of 11 weights"),
        ("{", "expected JSON"),
        ("{}", "expected {"),
        ('{"edges": []}', "expected {"),
        ("[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]", "edge/10: expected a weight above 0, got 0"),
        ("[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1e999]", "edge/10: expected a weight above 0, got inf"),
        ("[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, true]", "edge/10: expected a weight above 0, got True"),
    ],
)
def test_class_weights_that_are_none_are_refused(folder: Path, text: str, message: str) -> None:
    Path("weights.json").write_text(text)
    done = run("generate", *FEW, "eval.class_weights=weights.json")
    assert message in str(done.exception)
    assert str(done.exception).startswith("weights.json: ")


def test_samples_of_the_compensated_form_under_the_published_name_are_not_mixed(
    folder: Path,
) -> None:
    """Earlier versions drew them; they are read, but not taken for the published form."""
    words = [
        "generate",
        f"eval.checkpoint_path={published_file(folder)}",
        *FEW,
        "eval.remasking.strategy=confidence",
    ]
    assert run(*words).exit_code == 0
    file = folder / "eval_results/loglinear/llada_temp1.0_remdm_confidence_tsw1.0_samples.pt"
    samples = read_samples(file)
    assert samples.config["remasking_acts_after"] is True
    assert "already complete" in run(*words).stdout
    config = {k: v for k, v in samples.config.items() if k != "remasking_acts_after"}
    write_samples(file, replace(samples, config=config))
    refused = str(run(*words).exception)
    assert "holds samples drawn with remasking_acts_after=None, now True is asked for" in refused
    assert read_samples(file).config == config
