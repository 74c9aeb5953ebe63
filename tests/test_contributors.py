"""What contributors and the code's host read: whole YAML that says what the project says."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import bd_gen

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))
FORMS = sorted(path for path in ROOT.glob(".github/ISSUE_TEMPLATE/*.yml") if path.stem != "config")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def read(path: Path | str) -> dict[Any, Any]:
    value = yaml.safe_load((ROOT / path).read_text())
    assert isinstance(value, dict)
    return value


def steps(workflow: dict[Any, Any]) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job["steps"]


def test_there_are_workflows_and_forms_to_look_at() -> None:
    assert [path.stem for path in WORKFLOWS] == ["docs", "tests", "wheel"]
    assert [path.stem for path in FORMS] == ["bug", "feature"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_says_when_where_and_what(path: Path) -> None:
    workflow = read(path)
    # YAML 1.1 reads the word "on" as true.
    assert set(workflow) == {"name", True, "permissions", "jobs"}
    assert workflow[True].keys() >= {"push", "pull_request"}
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["runs-on"] == "ubuntu-latest"
        assert job["timeout-minutes"] <= 60
    for step in steps(workflow):
        assert ("uses" in step) != ("run" in step)
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_runs_targets_files_and_modules_that_there_are(path: Path) -> None:
    text = "\n".join(step.get("run", "") for step in steps(read(path)))
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= set(targets)
    for name in re.findall(r"\b(scripts/\w+\.py|constraints\.txt)", text):
        assert (ROOT / name).is_file()


def test_tests_run_on_every_python_that_is_promised() -> None:
    job = read(".github/workflows/tests.yml")["jobs"]["tests"]
    pythons = [row["python"] for row in job["strategy"]["matrix"]["include"]]
    assert pythons == ["3.11", "3.12", "3.13"]
    assert PROJECT["requires-python"] == f">={pythons[0]}"


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_has_fields_to_fill_in(path: Path) -> None:
    form = read(path)
    assert form.keys() == {"name", "description", "labels", "body"}
    assert len({field["id"] for field in form["body"]}) == len(form["body"])
    for field in form["body"]:
        assert field["type"] in ("input", "textarea")
        assert field["attributes"]["label"]
        assert isinstance(field["validations"]["required"], bool)
    assert any(field["validations"]["required"] for field in form["body"])


def test_hooks_are_the_checks_of_make_test_from_its_own_environment() -> None:
    (repo,) = read(".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"  # so nothing is downloaded
    makefile = (ROOT / "Makefile").read_text()
    for hook in repo["hooks"]:
        assert hook.keys() >= {"id", "name", "entry", "language"}
        assert hook["language"] == "system"
        command = hook["entry"].removesuffix(" --force-exclude").replace(".venv/bin", "$(BIN)")
        assert f"\t{command}" in makefile
    assert [hook["id"] for hook in repo["hooks"]] == ["ruff", "ruff-format", "mypy", "lint-imports"]


def test_the_citation_says_what_the_project_says() -> None:
    citation = read("CITATION.cff")
    assert citation.keys() >= {"cff-version", "message", "title", "authors"}
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert citation["version"] == bd_gen.__version__
    assert citation["license"] == PROJECT["license"]
    assert citation["keywords"] == PROJECT["keywords"]
    assert citation["authors"] == [{"name": "The bd-gen authors"}]


def test_readme_has_the_same_citation_as_bibtex() -> None:
    citation = read("CITATION.cff")
    (entry,) = re.findall(r"```bibtex\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    fields = dict(re.findall(r"^  (\w+) += \{(.*)\},?$", entry, re.MULTILINE))
    assert fields == {
        "author": "{The bd-gen authors}",
        "title": citation["title"],
        "version": citation["version"],
        "license": citation["license"],
    }
    assert entry.count("{") == entry.count("}")


def test_contributing_names_files_and_targets_that_there_are() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = set(re.findall(r"(?:^\$ |`)make ([a-z-]+)", text, re.MULTILINE))
    assert named
    assert named <= set(targets)
    for target in re.findall(r"\]\(([^)#:]+)[)#]", text):
        assert (ROOT / target).exists(), target
    for module in re.findall(r"python -m (benchmarks\.\w+)", text):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()
