"""README and docs gathered for the site, and the site itself where zensical is installed."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from scripts.docs_site import BESIDE_README, gather

import bd_gen

ROOT = Path(__file__).resolve().parents[1]


def write_pages(root: Path, **pages: str) -> Path:
    (root / "docs" / "images").mkdir(parents=True)
    (root / "docs" / "images" / "a.png").write_bytes(b"a picture")
    for name in BESIDE_README:
        (root / name).write_text("")
    (root / "README.md").write_text(pages.pop("README", ""))
    for name, text in pages.items():
        (root / "docs" / f"{name}.md").write_text(text)
    return root


def test_links_lead_to_the_same_pages_as_before(tmp_path: Path) -> None:
    root = write_pages(
        tmp_path / "root",
        README="![a](docs/images/a.png) [b](docs/b.md#part) [c](CITATION.cff) [d](https://e.org/f)",
        b="[top](../README.md#what) [changes](../CHANGELOG.md) [here](#part) [self](b.md)",
    )
    assert gather(root, tmp_path / "pages") == 4
    page = (tmp_path / "pages" / "index.md").read_text()
    assert page == "![a](images/a.png) [b](b.md#part) [c](CITATION.cff) [d](https://e.org/f)"
    page = (tmp_path / "pages" / "b.md").read_text()
    assert page == "[top](index.md#what) [changes](CHANGELOG.md) [here](#part) [self](b.md)"
    assert (tmp_path / "pages" / "images" / "a.png").read_bytes() == b"a picture"


def test_a_link_to_what_the_site_lacks_is_named(tmp_path: Path) -> None:
    root = write_pages(tmp_path / "root", b="[code](../src/a.py)")
    with pytest.raises(ValueError, match=r"docs/b\.md: the site has no \.\./src/a\.py"):
        gather(root, tmp_path / "pages")


def test_what_was_gathered_before_is_gone(tmp_path: Path) -> None:
    root = write_pages(tmp_path / "root", b="")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "old.md").write_text("")
    gather(root, tmp_path / "pages")
    assert not (tmp_path / "pages" / "old.md").exists()


def test_every_page_of_this_project_can_be_gathered(tmp_path: Path) -> None:
    gather(ROOT, tmp_path)
    for page in tmp_path.glob("*.md"):
        for target in re.findall(r"\]\(([^)\s#:]+)[)#]", page.read_text()):
            assert (tmp_path / target).is_file(), f"{page.name}: {target}"


@pytest.mark.slow
def test_the_site_is_built_without_a_broken_link(tmp_path: Path) -> None:
    if importlib.util.find_spec("zensical") is None:
        pytest.skip("needs zensical: pip install '.[docs]'")
    pytest.importorskip("mkdocstrings")
    gather(ROOT, tmp_path / "build" / "pages")
    shutil.copy(ROOT / "zensical.toml", tmp_path)
    (tmp_path / "src").symlink_to(ROOT / "src")
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    built = {path.stem for path in (tmp_path / "build" / "site").glob("*.html")}
    assert built >= {path.stem for path in (ROOT / "docs").glob("*.md")} | {"index"}
    text = (tmp_path / "build" / "site" / "architecture.html").read_text()
    assert '<pre class="mermaid">' in text
    text = (tmp_path / "build" / "site" / "reference.html").read_text()
    for name in (*described(), "bd_gen.Model.sample"):
        assert f'id="{name}"' in text, name
    assert "an upper bound on -log p" in text


def described() -> list[str]:
    """What the API reference takes from docstrings."""
    return re.findall(r"^::: (\S+)$", (ROOT / "docs" / "reference.md").read_text(), re.MULTILINE)


def test_the_reference_has_every_name_of_the_front_door() -> None:
    names = [name.rpartition(".")[2] for name in described()]
    assert sorted(names) == sorted(bd_gen._HOME)
