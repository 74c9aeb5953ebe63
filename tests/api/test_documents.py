"""The Python of docs/python.md and of the README works as printed, but for smaller numbers."""

import re
from pathlib import Path

import pytest

import bd_gen
from bd_gen.design import search as searching

ROOT = Path(__file__).parents[2]
SMALLER = (
    (r"1_000", "20"),
    (r"\(200, ", "(30, "),
    (r"sample\(12, ", "sample(2, "),
    (r"sample\(50, ", "sample(3, "),
    (r"samples\[:20\]", "samples[:3]"),
    (r"\[:100\], samples\[100:\]", "[:10], samples[10:]"),
    (r"(\(samples|seed=1\)), model\)", r"\1, bd_gen.DataConfig(num_plans=300))"),
    (r"num_plans=2_000", "num_plans=300"),
    (r"count=3", "count=1, pool=1"),
)


def blocks(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize(
    "page", ["README.md", pytest.param("docs/python.md", marks=pytest.mark.slow)]
)
def test_the_python_of_a_page(page, tmp_path, monkeypatch, capsys):
    pytest.importorskip("ortools")
    monkeypatch.setattr(searching, "BATCH", 32)
    monkeypatch.chdir(tmp_path)
    code = "".join(blocks(page))
    for pattern, replacement in SMALLER:
        code = re.sub(pattern, replacement, code)
    names: dict[str, object] = {}
    exec(compile(code, page, "exec"), names)  # noqa: S102
    assert capsys.readouterr().out
    plans = bd_gen.read_plans("homes.jsonl")
    assert plans
    if page == "README.md":
        assert [plan.diagram for plan in plans] == [p.diagram for p in names["plans"] if p]
        assert (tmp_path / "homes.svg").read_text().rstrip().endswith("</svg>")
    else:
        assert isinstance(names["answer"], bd_gen.Plan)
        assert plans[0].follows_from_boxes
        assert bd_gen.read_plans("home.graphml")[0].diagram == names["home"]
        assert names["found"].why_fewer == ""
        assert all(d.num_rooms == 6 for d in (*names["around"], *names["more"]))


def test_the_pipeline_is_under_ten_lines():
    (block,) = blocks("README.md")
    assert len([line for line in block.splitlines() if line.strip()]) < 10


def test_the_page_names_all_that_is_offered():
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    for name in bd_gen._HOME:
        assert re.search(rf"\b{name}\b", page), name


def test_numbers_of_the_page_are_metrics():
    from bd_gen.metrics import find_metric_info

    for page in ("README.md", "docs/python.md"):
        for name in re.findall(r"\[.(eval/\w+).\]", "".join(blocks(page))):
            assert find_metric_info(name) is not None
