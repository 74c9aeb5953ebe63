import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.report.conftest import NASTY

from bd_gen.cli.compose import compose
from bd_gen.cli.main import cli
from bd_gen.exchange.given import read_given
from bd_gen.model.class_weights import read_class_weights
from bd_gen.report.commands import (
    evaluation_command,
    generation_command,
    page_commands,
    show_command,
)
from bd_gen.report.contents import Contents, Entry, read_contents
from bd_gen.results.columns import MARGINALS, REAL


def entries(contents: Contents) -> dict[str, Entry]:
    return {entry.name: entry for entry in contents.entries}


def test_the_command_line_knows_every_command_and_option(directory: Path) -> None:
    contents = read_contents(directory)
    commands = [command for command, _ in page_commands(contents, "my report.html")]
    for entry in contents.entries:
        commands += [evaluation_command(entry, contents), show_command(entry, contents, "valid")]
    for command in commands:
        assert command is not None
        program, name, *words = shlex.split(command)
        assert program == "bd-gen"
        known = {option for p in cli.get_command(None, name).params for option in p.opts}  # type: ignore[arg-type,union-attr]
        assert {word for word in words if word.startswith("--")} <= known


def test_an_evaluation_gives_the_numbers_again(directory: Path, tmp_path: Path) -> None:
    """The whole way: real commands on samples of built-in data."""
    from bd_gen.data.config import DataConfig
    from bd_gen.data.dataset import load_dataset
    from bd_gen.results.result_file import read_result
    from bd_gen.results.samples_file import Samples, SeedSamples, samples_path, write_samples

    dataset = load_dataset(DataConfig(num_plans=300))
    rows = dataset.train[:20]
    data = {"source": "synthetic", "num_plans": 300, "split": "canonical"}
    part = SeedSamples(rows, rows != dataset.vocabulary.pad_row)
    samples = Samples(
        "m", 8, (1, 2), 20, {}, {"data": data, "data_fingerprint": dataset.fingerprint},
        {1: part, 2: part},
    )  # fmt: skip
    folder = tmp_path / "my results" / "linear"
    write_samples(samples_path(folder, "m"), samples)
    first = ["evaluate", "--schedule", "linear", "--results", str(folder.parent)]
    run = CliRunner().invoke(cli, [*first, "--workers", "1", "--published"])
    assert run.exit_code == 0, run.output
    before = read_result(folder / "m.json")
    contents = read_contents(folder)
    command = evaluation_command(contents.entries[0], contents)
    assert command is not None
    again = [*shlex.split(command)[1:], "--workers", "1", "--published"]
    run = CliRunner().invoke(cli, again)
    assert run.exit_code == 0, run.output
    assert read_result(folder / "m.json").per_seed == before.per_seed


def test_generation_is_told_with_all_its_settings(directory: Path) -> None:
    contents = read_contents(directory)
    command = generation_command(entries(contents)["llada_argmax_no_remask"], contents)
    assert command is not None
    program, name, *overrides = shlex.split(command)
    assert (program, name) == ("bd-gen", "generate")
    config = compose("generate", overrides)
    assert config["eval"]["checkpoint_path"] == "runs/a b/checkpoint.pt"
    assert config["eval"]["unmasking_mode"] == "llada"
    assert config["eval"]["top_p"] == 0.9
    assert config["eval"]["remasking"]["strategy"] == "cap"
    assert config["eval"]["remasking"]["eta"] == 0.4
    assert config["eval"]["seeds"] == [42, 123]
    assert config["eval"]["num_samples"] == 40
    assert Path(config["results"]["dir"], config["results"]["schedule"]) == directory


def test_the_label_is_told(directory: Path, tmp_path: Path) -> None:
    folder = tmp_path / "loglinear" / "wide"
    folder.mkdir(parents=True)
    for path in directory.glob("llada_argmax_no_remask*"):
        shutil.copy(path, folder)
    contents = read_contents(folder.parent)
    command = generation_command(entries(contents)["wide/llada_argmax_no_remask"], contents)
    assert command is not None
    results = compose("generate", shlex.split(command)[2:])["results"]
    assert Path(results["dir"], results["schedule"], results["label"]) == folder


def test_only_realizable_is_told(directory: Path) -> None:
    contents = read_contents(directory)
    entry = next(e for e in contents.entries if generation_command(e, contents) is not None
                 and e.kind == "method")  # fmt: skip
    before = generation_command(entry, contents)
    assert before is not None
    assert "only_realizable" not in before
    entry.result.fields["config"]["only_realizable"] = True
    command = generation_command(entry, contents)
    assert command is not None
    overrides = [word for word in shlex.split(command) if "=" in word]
    assert compose("generate", overrides)["eval"]["only_realizable"] is True


GIVEN = {
    ("LivingRoom", "Kitchen"): ["--rooms", "LivingRoom, Kitchen"],
    ("LivingRoom", None): ["--rooms", "LivingRoom", "--num-rooms", "2"],
    (None, "Kitchen"): ["--given", "given.json"],
}


def made(directory: Path, name: str, **config: object) -> str:
    """The command of a row whose settings are changed."""
    contents = read_contents(directory)
    entry = entries(contents)[name]
    entry.result.fields["config"] |= config
    return generation_command(entry, contents) or ""


@pytest.mark.parametrize("rooms", GIVEN)
def test_given_rooms_are_told(
    rooms: tuple[str | None, ...], directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not a list of rooms is written into a file, in a command in front."""
    monkeypatch.chdir(tmp_path)
    given = {"rooms": list(rooms), "relations": []}
    *before, command = made(directory, "llada_argmax_no_remask", given=given).split(" && ")
    _, _, *words = shlex.split(command)
    assert words[: len(GIVEN[rooms])] == GIVEN[rooms]
    if before:
        subprocess.run(["sh", "-c", before[0]], check=True)
        assert read_given("given.json").as_plain == given
    assert words[len(GIVEN[rooms])].startswith("eval.checkpoint_path=")


def test_given_relations_and_weights_are_told(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {"rooms": ["Kitchen", "LivingRoom"], "relations": [[0, 1, "left-of"]]}
    weights = {"node": [1.0] * 13}
    command = made(directory, "llada_argmax_no_remask", given=given, class_weights=weights)
    *before, last = command.split(" && ")
    subprocess.run(["sh", "-c", " && ".join(before)], check=True)
    assert read_given("given.json").as_plain == given
    assert read_class_weights("class_weights.json").as_plain == weights
    assert "eval.class_weights=class_weights.json" in shlex.split(last)


def test_the_loop_is_told(directory: Path) -> None:
    command = made(
        directory,
        "llada_argmax_no_remask",
        remasking_strategy="loop",
        remasking_eta=0.02,
        remasking_loop=[0.5, 0.1, 0.8],
    )
    asked = compose("generate", shlex.split(command)[2:])["eval"]["remasking"]
    assert (asked["t_on"], asked["t_off"], asked["alpha_on"]) == (0.5, 0.1, 0.8)


def test_measures_come_from_the_data(directory: Path) -> None:
    contents = read_contents(directory)
    found = entries(contents)
    real = shlex.split(generation_command(found[REAL], contents) or "")
    assert real[-4:] == [
        "--real", "data=plans", "data.path=my plans.jsonl", "data.split=identical",
    ]  # fmt: skip
    assert "--baselines" in (generation_command(found[MARGINALS], contents) or "")


def test_samples_that_name_no_data_are_told_theirs(directory: Path) -> None:
    contents = read_contents(directory)
    found = entries(contents)
    assert "data=" not in (evaluation_command(found["v2_learned"], contents) or "")
    words = shlex.split(evaluation_command(found[REAL], contents) or "")
    assert words[-3:] == ["data=plans", "data.path=my plans.jsonl", "data.split=identical"]


def test_names_are_quoted(directory: Path) -> None:
    contents = read_contents(directory)
    name = NASTY.replace("/", "∕")
    command = evaluation_command(entries(contents)[name], contents)
    assert command is not None
    assert name in shlex.split(command)


def test_nothing_is_promised_without_samples(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes((directory / "llada_argmax_no_remask.json").read_bytes())
    contents = read_contents(tmp_path)
    assert evaluation_command(contents.entries[0], contents) is None
