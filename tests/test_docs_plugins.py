"""The examples and commands of docs/plugins.md work as printed, in every kind of worker."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from bd_gen.cli import main
from bd_gen.cli.main import cli
from bd_gen.results.result_file import read_result
from bd_gen.results.samples_file import read_samples
from bd_gen.system import plugins

PAGE = (Path(__file__).parents[1] / "docs" / "plugins.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", PAGE, re.DOTALL))
KINDS = {
    "entropy.py": {"order": ["entropy"]},
    "min_p.py": {"decoding": ["min_p"]},
    "late.py": {"remasking": ["late"]},
    "quadratic.py": {"noise schedule": ["quadratic"]},
    "kitchens.py": {"metric": ["kitchens"]},
    "rows.py": {"data source": ["rows"]},
    "room_list.py": {"export format": ["txt"]},
    "square.py": {"layout cost": ["oblong"]},
    "south.py": {"shape cost": ["cold_bedrooms"]},
}


@pytest.fixture(autouse=True)
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The files of the page, in a folder of their own; afterwards nothing of them is left."""
    monkeypatch.chdir(tmp_path)
    for name, text in EXAMPLES.items():
        Path(name).write_text(text, encoding="utf-8")
    yield
    for plugin in plugins.loaded():
        plugins.forget(plugin.module)


def run(*words: str) -> Result:
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, f"{words}\n{result.output}\n{result.exception!r}"
    return result


def commands() -> Iterator[list[str]]:
    (block,) = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines():
        first, *words = shlex.split(line)
        assert first == "bd-gen"
        yield words


def written() -> dict[Path, bytes]:
    """All files but those of the cache."""
    files = (path for path in Path().rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if path.parts[0] != "other_cache"}


def test_there_is_an_example_of_each_kind() -> None:
    assert set(EXAMPLES) == set(KINDS)
    for name, provides in KINDS.items():
        plugin = plugins.load(name)
        assert plugin.as_plain["provides"] == provides


@pytest.mark.slow
def test_the_commands_work_as_printed_also_in_processes() -> None:
    outputs = [run(*words).output for words in commands()]
    assert "entropy" in outputs[0]
    assert "late" in outputs[0]
    folder = Path("eval_results/quadratic")
    names = sorted(path.name for path in folder.glob("*_samples.pt"))
    assert len(names) == 2
    provenance = read_samples(folder / names[0]).provenance
    recorded = {one["name"]: one for one in provenance["plugins"]}
    assert recorded["quadratic"]["provides"] == {"noise schedule": ["quadratic"]}
    assert len(recorded["quadratic"]["sha256"]) == 64
    for path in folder.glob("*.json"):
        result = read_result(path)
        assert "eval/one_kitchen" in result.summary
        assert "kitchens" in {one["name"] for one in result.provenance["plugins"]}
    assert len(Path("rooms.txt").read_text().splitlines()) == 3
    assert Path("square.csv").read_text().count("\n") > 3


@pytest.mark.slow
def test_a_cluster_draws_the_same(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="needs Dask: pip install 'bd-gen[cluster]'")
    from benchmarks.dask_cluster import Cluster

    words = list(commands())
    run(*words[1])
    there = tmp_path / "cluster"
    there.mkdir()
    cluster = Cluster(there)
    try:
        cluster.start_worker("one")
        cluster.said("one", "Registered to")
        drawing = [w for w in words[3] if w not in ("--engine", "processes", "--workers", "2")]
        where = ("--engine", "dask", "--scheduler", cluster.address, "eval.device=cpu")
        run(*drawing, *where, "results.schedule=dask")
    finally:
        cluster.close()
    run(*drawing, "results.schedule=serial")
    (one,), (other,) = (Path("eval_results", k).glob("*.pt") for k in ("dask", "serial"))
    first, second = read_samples(one).per_seed, read_samples(other).per_seed
    assert all(np.array_equal(first[seed].tokens, second[seed].tokens) for seed in first)


@pytest.mark.slow
def test_files_name_the_plug_ins_that_they_need(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without them: one line that says which, exit code 2, and nothing is written."""
    words = list(commands())
    for k in (1, 2, 3, 4):
        run(*(w for w in words[k] if w not in ("--engine", "processes", "--workers", "2")))
    for plugin in plugins.loaded():
        plugins.forget(plugin.module)
    samples = sorted(Path("eval_results/quadratic").glob("*_samples.pt"))
    result = CliRunner().invoke(cli, ["compare", "--schedule", "quadratic"])
    assert "metric 'kitchens' is not known here; it comes from the plug-in kitchens" in (
        result.output + result.stderr
    )
    monkeypatch.setenv("BD_GEN_CACHE", "other_cache")  # which holds nothing of the plans
    before = written()
    checkpoint = "eval.checkpoint_path=mine/checkpoint_final.pt"
    for given, said in (
        (["generate", checkpoint, "eval.num_samples=3"], "plug-in quadratic (sha256 "),
        (["evaluate", "--schedule", "quadratic", "--force"], "--plugin rows.py"),
        (["verify", "eval_results/quadratic"], "--plugin kitchens.py"),
        (["draw", str(samples[0]), "--animate", "--out", "x.svg"], "--plugin "),
    ):
        with pytest.raises(SystemExit) as caught:
            main.run(cli, "bd-gen", given)
        captured = capsys.readouterr()
        assert caught.value.code == 2, given
        assert said in captured.err + captured.out, given
    assert written() == before
