"""Data in words of one's own, through the commands."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from bd_gen.cli.main import cli
from bd_gen.results.samples_file import read_samples
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint

LABELS = ("living", "bedroom", "kitchen", "wc")
METHOD = "first_hitting_temp1.0_no_remask"


def run(*words: object, fails: str = "") -> str:
    done = CliRunner().invoke(cli, [str(word) for word in words])
    if fails:
        assert isinstance(done.exception, InputError), done.output
        assert fails in str(done.exception)
    else:
        assert done.exit_code == 0, (done.output, done.exception)
    return done.output


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A file of plans with doors, its vocabulary, and a model of a few steps."""
    folder = tmp_path_factory.mktemp("mine")
    lot = np.random.default_rng(0)
    plans = folder / "plans.jsonl"
    with plans.open("w") as file:
        for k in range(80):
            count = int(lot.integers(3, 10))
            rooms = [
                {"type": LABELS[0]},
                *({"type": str(lot.choice(LABELS))} for _ in range(count)),
            ]
            doors = [
                [int(lot.integers(j)), j, str(lot.choice(("door", "open")))]
                for j in range(1, count)
            ]
            doors += [[count, int(lot.integers(count)), "door"]]
            file.write(json.dumps({"id": str(k), "rooms": rooms, "relations": doors}) + "\n")
    words = folder / "words.yaml"
    run("data", "vocabulary", plans, "--out", words)
    of_data = ("data=plans", f"data.path={plans}", f"data.vocabulary={words}")
    run("train", *of_data, "model=tiny", "training.steps=4", "training.batch_size=16",
        f"run.dir={folder / 'run'}")  # fmt: skip
    model = folder / "run" / "checkpoint_final.pt"
    return SimpleNamespace(folder=folder, plans=plans, words=words, data=of_data, model=model)


def generate(mine: SimpleNamespace, *more: object, fails: str = "") -> str:
    return run(
        "generate", f"eval.checkpoint_path={mine.model}", "eval.seeds=[1]", "eval.num_samples=6",
        "eval.sweeps=0", f"results.dir={mine.folder / 'results'}", *more, fails=fails,
    )  # fmt: skip


def test_the_model_has_the_words_and_rows_of_its_data(mine: SimpleNamespace) -> None:
    checkpoint = load_checkpoint(mine.model)
    assert checkpoint.n_max == 10
    assert checkpoint.words.relation_names == ("door", "open")
    assert set(checkpoint.words.room_names) == set(LABELS)


def test_samples_are_measured_and_shown_in_the_words(mine: SimpleNamespace) -> None:
    generate(mine)
    folder = mine.folder / "results"
    run("evaluate", "--results", folder, "--schedule", "loglinear", "--metric", "transitivity",
        "--metric", "validity", "--metric", "distribution")  # fmt: skip
    result = json.loads((folder / "loglinear" / f"{METHOD}.json").read_text())
    assert result["vocabulary"]["name"] == "plans"
    assert "no relation of plans says" in result["not_computed"]["eval/transitivity_score"]
    run("compare", "--results", folder, "--schedule", "loglinear")
    table = (folder / "loglinear" / "comparison.md").read_text()
    assert f"| vocabulary | plans ({result['vocabulary']['hash']}) |" in table
    samples = folder / "loglinear" / f"{METHOD}_samples.pt"
    assert read_samples(samples).words == load_checkpoint(mine.model).words
    for name in ("a.svg", "b.graphml"):
        out = mine.folder / name
        command = "draw" if name == "a.svg" else "export"
        run(command, samples, "--out", out, *(("--index", 0) if command == "export" else ()))
        assert "living" in out.read_text().casefold()
    run("report", "--results", folder, "--schedule", "loglinear")
    page = (folder / "loglinear" / "report.html").read_text()
    assert "Transitivity by number" not in page
    # a result without a vocabulary is one of rplan
    other = {key: value for key, value in result.items() if key != "vocabulary"}
    path = folder / "loglinear" / "other.json"
    path.write_text(json.dumps(other | {"method": "other"}))
    try:
        fails = "results of different vocabularies cannot be compared"
        run("compare", "--results", folder, "--schedule", "loglinear", fails=fails)
    finally:
        path.unlink()


def test_given_rooms_are_named_in_the_words(mine: SimpleNamespace) -> None:
    generate(mine, "--rooms", "living, 2 bedroom, WC")
    generate(mine, "--rooms", "LivingRoom, Kitchen, Storage", fails="unknown room 'Storage'")


def test_other_words_are_refused_in_one_line(mine: SimpleNamespace) -> None:
    model = f"eval.checkpoint_path={mine.model}"
    fails = "its vocabulary is plans ("
    run("likelihood", mine.model, "data=synthetic", "data.num_plans=50", "data.n_max=10",
        fails=fails)  # fmt: skip
    run("train", "data=plans", f"data.path={mine.plans}", fails="unknown label")
    run("train", "data=synthetic", f"data.vocabulary={mine.words}",
        fails="data.vocabulary: only data=plans")  # fmt: skip
    run("design", "--checkpoint", mine.model, "--rooms", "living, bedroom, kitchen, wc", "--out",
        mine.folder / "designs", fails="vocabulary plans: has no rule")  # fmt: skip
    assert not (mine.folder / "designs" / "plans.jsonl").exists()
    assert model


def test_the_draft_is_printed_and_nothing_is_replaced(mine: SimpleNamespace) -> None:
    printed = run("data", "vocabulary", mine.plans, "--name", "other")
    assert yaml.safe_load(printed)["name"] == "other"
    before = mine.words.read_bytes()
    run("data", "vocabulary", mine.plans, "--out", mine.words, fails="exists; --overwrite replaces")
    assert mine.words.read_bytes() == before


def test_statistics_are_told_in_the_words(mine: SimpleNamespace) -> None:
    told = run("data", "stats", *mine.data)
    assert "LivingRoom" not in told
    assert "vocabulary" in told
    assert "bedroom" in told
