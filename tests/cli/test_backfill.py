"""`bd-gen backfill`: the plan, the commands that it prints, and the samples that it makes."""

import json
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.generation.checkpoints import saved

from bd_gen.cli.main import cli, run
from bd_gen.results.samples_file import read_samples

FOLDER = Path("eval_results/loglinear")
MODELS = ("--checkpoint", "loglinear=my models/fixed.pt", "--checkpoint", "learned=learned.pt")
CONFIG = {
    "seeds": [1, 2],
    "num_samples": 6,
    "sampling_steps": 7,
    "temperature": 0.0,
    "top_p": 0.9,
    "unmasking_mode": "llada",
    "remasking_enabled": False,
}

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two models in the current directory, one in a folder with a space in its name."""
    monkeypatch.chdir(tmp_path)
    Path("my models").mkdir()
    saved(tmp_path / "my models", "fixed.pt")
    saved(tmp_path, "learned.pt", is_learned=True)


@pytest.fixture
def bd_gen(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command: exit code, stdout, stderr."""

    def call(*args: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", [str(arg) for arg in args])
        assert isinstance(ended.value.code, int)
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


def write(name: str, **changes: object) -> Path:
    """A result as they were published, without samples."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    fields = {
        "format_version": 2,
        "method": name,
        "timestamp": "2026-02-20T12:00:00",
        "config": CONFIG | changes,
        "per_seed": {"1": {"eval/node_js": 0.5}},
        "summary": {"eval/node_js": {"mean": 0.5, "std": 0.0}},
    }
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(fields))
    return path


def test_23_commands_for_the_published_files(dev_data, bd_gen):
    shutil.copytree(dev_data / "reference" / "results", FOLDER)
    status, out, err = bd_gen("backfill", FOLDER, *MODELS, "--dry-run")
    assert (status, err) == (0, "")
    commands = [shlex.split(line) for line in out.splitlines()]
    assert len(commands) == 23
    assert {tuple(words[:2]) for words in commands} == {("bd-gen", "generate")}
    assert not list(FOLDER.glob("*.pt"))
    learned = [words for words in commands if "eval.checkpoint_path=learned.pt" in words]
    assert len(learned) == 1
    for words in commands:
        assert {"results.dir=eval_results", "results.schedule=loglinear"} <= set(words)


def test_the_printed_commands_work_when_pasted(bd_gen):
    write("llada_topp0.9_no_remask")
    write("random_argmax_no_remask", unmasking_mode="random", top_p=None)
    remasking = {
        "remasking_enabled": True,
        "remasking_strategy": "confidence",
        "remasking_eta": 0.0,
        "remasking_t_switch": 0.5,
    }
    write("random_topp0.9_remdm_confidence_tsw0.5", unmasking_mode="random", **remasking)
    write("v2_llada_topp0.9_no_remask")
    status, out, err = bd_gen("backfill", FOLDER, *MODELS, "--dry-run")
    assert (status, err) == (0, "")
    *joined, last = out.splitlines()
    assert all(line.endswith(" &&") for line in joined)
    for line in [*(line.removesuffix(" &&") for line in joined), last]:
        program, *words = shlex.split(line)
        assert program == "bd-gen"
        assert bd_gen(*words)[0] == 0
    assert len(list(FOLDER.glob("*_samples.pt"))) == 4
    status, out, err = bd_gen("backfill", FOLDER, *MODELS)
    assert (status, out, err) == (0, "# 4 methods have samples already\n", "")


def test_samples_are_made_and_results_stay_as_they_are(bd_gen):
    paths = [write("llada_topp0.9_no_remask"), write("v2_llada_topp0.9_no_remask")]
    before = [path.read_bytes() for path in paths]
    status, out, err = bd_gen("backfill", FOLDER, *MODELS, "--device", "cpu")
    assert (status, err) == (0, "")
    assert "[1/2] wrote eval_results/loglinear/llada_topp0.9_no_remask_samples.pt (2 x 6" in out
    assert [path.read_bytes() for path in paths] == before
    samples = read_samples(FOLDER / "v2_llada_topp0.9_no_remask_samples.pt")
    assert samples.provenance["noise"] == "learned"
    assert samples.provenance["schedule"] == "loglinear"
    assert samples.config["sampling_steps"] == 7


def test_from_within_the_folder(bd_gen, monkeypatch):
    write("llada_topp0.9_no_remask")
    models = ("--checkpoint", Path("my models/fixed.pt").resolve())
    monkeypatch.chdir(FOLDER)
    assert bd_gen("backfill", ".", *models)[0] == 0
    samples = read_samples("llada_topp0.9_no_remask_samples.pt")
    assert samples.provenance["schedule"] == "loglinear"


def test_what_cannot_be_told_is_listed_and_the_rest_is_made(bd_gen):
    write("llada_topp0.9_no_remask")
    write("real_held_out")
    path = write("random_topp0.9_no_remask")
    status, out, err = bd_gen("backfill", FOLDER, *MODELS, "--device", "cpu")
    assert status == 2
    reason = "config: its settings are those of llada_topp0.9_no_remask, not of random_topp0.9"
    assert err.startswith(f"bd-gen: {path}: {reason}")
    assert err.count("\n") == 1
    assert "# real_held_out: no samples of a model; bd-gen evaluate --real --baselines" in out
    assert (FOLDER / "llada_topp0.9_no_remask_samples.pt").exists()
    assert not (FOLDER / "random_topp0.9_no_remask_samples.pt").exists()


def test_a_failure_stops_it(bd_gen, monkeypatch):
    from bd_gen.sampling.sampler import Sampler

    write("llada_topp0.9_no_remask")
    write("llada_argmax_no_remask", top_p=None)

    def sample(sampler, *args):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(Sampler, "sample", sample)
    status, _, err = bd_gen("backfill", FOLDER, *MODELS, "--device", "cpu")
    assert status == 2
    assert "cannot be generated (RuntimeError: out of memory)" in err
    assert "stopped; the same command goes on from there" in err
    assert err.splitlines()[-1] == "bd-gen: 1 failed: llada_argmax_no_remask"
    _, _, err = bd_gen("backfill", FOLDER, *MODELS, "--device", "cpu", "--keep-going")
    assert "2 failed: llada_argmax_no_remask, llada_topp0.9_no_remask" in err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["missing", *MODELS], "missing: there is no such results directory"),
        (["my models", *MODELS], "my models: holds no result file (METHOD.json)"),
        ([str(FOLDER)], "needs --checkpoint FILE, the model that the results were made with"),
        ([str(FOLDER), "--checkpoint", "x"], "x: there is no checkpoint of that name"),
        ([str(FOLDER), *MODELS, "--workers", "2"], "--workers: goes with --engine processes"),
    ],
)
def test_mistakes_are_one_line(bd_gen, args, message):
    status, out, err = bd_gen("backfill", *args)
    assert (status, out) == (2, "")
    assert message in err
    assert err.startswith("bd-gen: ")
    assert err.count("\n") == 1
