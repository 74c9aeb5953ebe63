"""The README's commands work as printed, but for numbers made small enough for a test."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from bd_gen.cli.main import cli

ROOT = Path(__file__).resolve().parent.parent
SMALLER = (
    (r"training\.steps=\d+", "training.steps=4 training.batch_size=16 data.num_plans=300"),
    (r"training\.warmup_steps=\d+", "training.warmup_steps=2"),
    (r"data synthetic", "data synthetic --num-plans 300"),
    (r"(?<=generate )", "eval.num_samples=8 eval.seeds=[1,2] "),
    (r"eval\.num_samples=20 ", ""),
    (r"--limit 6", "--limit 2"),
    (r"--count 12", "--count 2 --improve 0"),
)


def commands() -> list[str]:
    text = (ROOT / "README.md").read_text()
    blocks = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_readme_names_the_six_stages_in_order():
    stages = [line.split()[1] for line in commands()]
    first = stages.index("data")
    names = ["data", "train", "generate", "evaluate", "compare", "report"]
    assert stages[first : first + 6] == names


def test_readme_commands_work_one_after_the_other(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for line in commands():
        for pattern, replacement in SMALLER:
            line = re.sub(pattern, replacement, line)
        words = shlex.split(line)
        assert words[0] == "bd-gen"
        result = CliRunner().invoke(cli, words[1:])
        assert result.exit_code == 0, f"{line}\n{result.output}\n{result.exception!r}"
    assert (tmp_path / "eval_results/loglinear/comparison.md").exists()
    assert (tmp_path / "eval_results/loglinear/report.html").exists()


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))])
def test_links_lead_to_files(page):
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{page}: {target}"
