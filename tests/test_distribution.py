"""What is handed on: pinned versions and their hashes, the sdist and the wheel."""

import os
import re
import subprocess
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

import bd_gen

ROOT = Path(__file__).resolve().parent.parent


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_pinned_version_but_torch_has_its_hash() -> None:
    lines = (ROOT / "requirements-hashed.txt").read_text().splitlines()
    hashed = {}
    for line in lines:
        if not line.startswith("#"):
            found = re.fullmatch(r"(\S+)==(\S+) --hash=sha256:[0-9a-f]{64}", line)
            assert found, line
            hashed[plain(found[1])] = found[2]
    expected = {plain(name): version for name, version in pins().items()}
    assert expected.pop("torch")
    assert hashed == expected


def test_what_is_needed_is_declared_and_pinned() -> None:
    """Pillow writes the animations; it came along with matplotlib."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = set(map(plain, pins()))
    needed = {plain(re.split(r"[\[><=]", line)[0]) for line in project["dependencies"]}
    assert "pillow" in needed
    assert needed <= pinned


def ran(*words: str | Path, **options: object) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        list(map(str, words)),
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        **options,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An sdist of this tree, and the wheel that the sdist gives."""
    folder = tmp_path_factory.mktemp("dist")
    venv.create(folder / "builder", with_pip=True)
    python = folder / "builder" / "bin" / "python"
    got = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "hatchling"], capture_output=True, check=False
    )
    if got.returncode:
        pytest.skip("the build tool hatchling cannot be had without a network")
    ran(python, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=ROOT)
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (tree,) = (folder / "unpacked").iterdir()
    ran(python, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=tree)
    (wheel,) = folder.glob("*.whl")
    return sdist, wheel


@pytest.mark.slow
def test_the_sdist_holds_what_its_tests_and_its_makefile_need(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = ("Makefile", "constraints.txt", "requirements-hashed.txt", "pyproject.toml", "LICENSE")
    assert not {*wanted, "tests/conftest.py", "docs/security.md"} - names


@pytest.mark.slow
def test_the_wheel_holds_all_of_the_package_and_nothing_else(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[1]) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    source = ROOT / "src"
    files = (path for path in source.rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert names == {str(path.relative_to(source)) for path in files}


@pytest.mark.slow
def test_the_wheel_works_where_nothing_else_of_this_tree_is(
    built: tuple[Path, Path], tmp_path: Path
) -> None:
    venv.create(tmp_path / "clean", with_pip=True)
    python = tmp_path / "clean" / "bin" / "python"
    ran(python, "-m", "pip", "install", "--no-index", "--no-deps", built[1])
    # What it needs is there already: nothing is downloaded.
    (packages,) = (tmp_path / "clean" / "lib").glob("python*/site-packages")
    (packages / "needed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    command = tmp_path / "clean" / "bin" / "bd-gen"
    assert ran(command, "--version", cwd=tmp_path).split()[-1] == bd_gen.__version__
    where = ran(python, "-c", "import bd_gen; print(bd_gen.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(packages)
    words = ("generate", "eval.num_samples=2", "eval.seeds=[1]", "results.dir=out")
    ran(command, *words, cwd=tmp_path)
    assert list((tmp_path / "out").rglob("*_samples.pt"))
