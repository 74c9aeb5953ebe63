"""A job as a command, and the command as the job again."""

import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generation.checkpoints import saved
from tests.sampling.test_names import methods

from bd_gen.cli.compose import compose
from bd_gen.cli.generate import generation_job
from bd_gen.cli.generate_command import evaluate_command, generate_command, readable
from bd_gen.generation.engines import EngineSettings
from bd_gen.generation.job import GenerationJob
from bd_gen.generation.suites import read_suite
from bd_gen.sampling.method import Method

JOB = GenerationJob(Path("model.pt"), Method("random"), Path("eval_results/loglinear"))


@pytest.fixture
def models(tmp_path, monkeypatch) -> dict[bool, Path]:
    """A learned process or none, in the current directory."""
    monkeypatch.chdir(tmp_path)
    saved(tmp_path, "fixed.pt")
    saved(tmp_path, "learned.pt", is_learned=True)
    return {False: Path("fixed.pt"), True: Path("learned.pt")}


def again(job: GenerationJob) -> GenerationJob:
    program, name, *overrides = shlex.split(generate_command(job))
    assert (program, name) == ("bd-gen", "generate")
    return generation_job(overrides)[0]


def test_every_published_method_comes_back(models):
    for method in read_suite("published-loglinear").methods:
        job = replace(JOB, method=method, checkpoint_path=models[method.is_learned])
        assert again(job) == job


def test_what_is_not_usual_is_spelled_out(models):
    job = replace(
        JOB,
        checkpoint_path=models[False],
        seeds=(5,),
        num_samples=7,
        batch_size=8,
        device="cpu",
        overwrite=True,
    )
    assert again(job) == job
    assert generate_command(job) == (
        "bd-gen generate eval.checkpoint_path=fixed.pt eval.unmasking_mode=random "
        "eval.temperature=1.0 eval.sampling_steps=100 'eval.seeds=[5]' eval.num_samples=7 "
        "eval.batch_size=8 eval.device=cpu eval.overwrite=true results.dir=eval_results "
        "results.schedule=loglinear"
    )


def test_where_it_is_drawn():
    serial = generate_command(JOB)
    assert generate_command(JOB, EngineSettings()) == serial
    processes = generate_command(JOB, EngineSettings("processes", workers=3, shard_size=64))
    words = "--engine processes --workers 3 --shard-size 64 "
    assert processes.replace(words, "") == serial
    dask = generate_command(JOB, EngineSettings("dask", scheduler="tcp://a:1"))
    assert "generate --engine dask --scheduler tcp://a:1 eval." in dask


def test_a_folder_without_a_name_gets_one(models, tmp_path):
    folder = tmp_path / "loglinear"
    for name in (".", "..", "../.."):
        words = shlex.split(generate_command(replace(JOB, directory=folder / name)))
        where = [word.partition("=")[2] for word in words if word.startswith("results.")]
        assert Path(*where) == (folder / name).resolve()


@settings(max_examples=12)
@given(methods())
def test_any_method_keeps_its_settings(method):
    _, _, *overrides = shlex.split(generate_command(replace(JOB, method=method)))
    config = compose("generate", overrides)["eval"]
    asked = config.pop("remasking")
    found = method.settings
    for key in ("unmasking_mode", "temperature", "top_p"):
        assert config[key] == found[key]
    if method.has_steps:
        assert config["sampling_steps"] == method.steps
    if config["sweeps"] is None:  # none unless it is the default method, which must say so
        assert not method.default_sweeps
    swept = (config["sweeps"] or 0, config["sweep_kind"] or "")
    assert swept == (method.sweeps, method.sweep_kind)
    if method.remasking is not None:
        for key in ("strategy", "eta", "t_switch"):
            assert asked[key] == found[f"remasking_{key}"]
        if method.remasking.strategy == "loop":
            loop = [asked["t_on"], asked["t_off"], asked["alpha_on"]]
            assert loop == found["remasking_loop"]


_ODD = [
    *("runs/a b/model.pt", "it's.pt", "a=b.pt", 'say "x".pt', "a\\b.pt", "end\\", "null", "True"),
    *("12", "1e3", "1_0", "-1", ".5", ".5e1", "nan", "a,b", "[x]", "{x}", "a:b", "~x", "été.pt"),
    *("a#b", "$HOME", "a  b", " a", "@x", "a'b\\'c", "bundled", "./x", "../y"),
]


def test_odd_names_are_read_as_they_are():
    for first, second in zip(_ODD, reversed(_ODD), strict=True):
        words = [f"results.schedule={readable(first)}", f"results.dir={readable(second)}"]
        config = compose("generate", words)["results"]
        assert config == {"schedule": first, "dir": second, "label": None}


@settings(max_examples=20)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0$"), min_size=1, max_size=12))
def test_any_text_is_read_as_it_is(text):
    config = compose("generate", [f"eval.checkpoint_path={readable(text)}"])
    assert config["eval"]["checkpoint_path"] == text


def test_a_shell_reads_the_words_that_are_meant():
    for text in _ODD:
        job = replace(JOB, checkpoint_path=Path(text), directory=Path("my results") / "it's")
        command = generate_command(job)
        done = subprocess.run(
            ["sh", "-c", f"printf '%s\\n' {command}"], capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines() == shlex.split(command)


def test_the_evaluation_of_a_suite():
    command = evaluate_command(Path("my results/linear"), ["a", "b"], ("data=plans",))
    assert command == (
        "bd-gen evaluate --results 'my results' --schedule linear --model a --model b --real "
        "--baselines --update-comparison data=plans"
    )
