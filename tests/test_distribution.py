"""What is handed on: pinned versions and their hashes, the sdist and the wheel."""

import email
import json
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
    plain = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        list(map(str, words)),
        capture_output=True,
        text=True,
        check=False,
        **{"env": plain, **options},
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
def test_sizes(built: tuple[Path, Path]) -> None:
    """Megabytes; the two checkpoints are 2.9 of them. Data and results have no place in either."""
    sdist, wheel = (path.stat().st_size / 1e6 for path in built)
    assert 2.9 < wheel < 4.5
    assert wheel < sdist < 8


@pytest.mark.slow
def test_licence_and_metadata(built: tuple[Path, Path]) -> None:
    licence = (ROOT / "LICENSE").read_text()
    with zipfile.ZipFile(built[1]) as archive:
        (folder,) = {name.partition("/")[0] for name in archive.namelist() if ".dist-info/" in name}
        assert archive.read(f"{folder}/licenses/LICENSE").decode() == licence
        commands = archive.read(f"{folder}/entry_points.txt").decode()
        assert "bd-gen = bd_gen.cli.start:main" in commands
        about = email.message_from_bytes(archive.read(f"{folder}/METADATA"))
    with tarfile.open(built[0]) as archive:
        (name,) = (name for name in archive.getnames() if name.endswith("/PKG-INFO"))
        same = email.message_from_binary_file(archive.extractfile(name))
    assert same.items() == about.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (about["Name"], about["Version"]) == ("bd-gen", bd_gen.__version__)
    assert (about["License-Expression"], about["License-File"]) == ("MIT", "LICENSE")
    assert about["Requires-Python"] == project["requires-python"]
    assert about["Summary"] == project["description"]
    assert about.get_payload(decode=True).decode() == (ROOT / "README.md").read_text()
    assert set(about.get_all("Provides-Extra")) == set(project["optional-dependencies"])
    needed = [line for line in about.get_all("Requires-Dist") if "extra ==" not in line]
    assert sorted(needed) == sorted(project["dependencies"])


OPTIONAL = ("ortools", "ezdxf", "dask", "distributed", "lightning_fabric")


@pytest.fixture(scope="module")
def installed(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel, what it needs, and no extra.

    What it needs is there already, by links: nothing is downloaded.
    """
    clean = tmp_path_factory.mktemp("clean")
    venv.create(clean, with_pip=True)
    ran(clean / "bin" / "python", "-m", "pip", "install", "--no-index", "--no-deps", built[1])
    (packages,) = (clean / "lib").glob("python*/site-packages")
    for path in Path(sysconfig.get_paths()["purelib"]).iterdir():
        own = path.name.startswith((*OPTIONAL, "bd_gen", "_bd_gen", "__editable__"))
        if not own and path.suffix != ".pth" and not (packages / path.name).exists():
            (packages / path.name).symlink_to(path)
    return clean / "bin"


@pytest.mark.slow
def test_the_wheel_works_where_nothing_else_of_this_tree_is(
    installed: Path, tmp_path: Path
) -> None:
    """Without git, too."""
    command = installed / "bd-gen"
    nowhere = {"PATH": str(installed), "HOME": str(tmp_path), "BD_GEN_CACHE": str(tmp_path / "c")}
    assert ran(command, "--version", cwd=tmp_path, env=nowhere).split()[-1] == bd_gen.__version__
    where = ran(installed / "python", "-c", "import bd_gen; print(bd_gen.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)
    words = ("generate", "eval.num_samples=2", "eval.seeds=[1]", "results.dir=out")
    ran(command, *words, cwd=tmp_path, env=nowhere)
    (samples,) = (tmp_path / "out").rglob("*_samples.pt")
    ran(command, "evaluate", "--results", "out", "--metric", "validity", cwd=tmp_path, env=nowhere)
    (result,) = samples.parent.glob("*.json")
    assert json.loads(result.read_text())["provenance"]["git_commit"] is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("extra", "line"),
    [
        ("layout", "generate eval.only_realizable=true eval.num_samples=1"),
        ("layout", "evaluate --metric realizable"),
        ("layout", "design --rooms Kitchen --out plans"),
        ("layout", "draw joined.jsonl --as plan --out plan.svg"),
        ("cad", "export plan.jsonl --out plan.dxf"),
        ("cluster", "generate --engine dask --scheduler tcp://localhost:1 eval.num_samples=1"),
        ("multi", "train model=tiny data.num_plans=300 training.steps=1 training.devices=2"),
    ],
)
def test_a_missing_extra_is_named_in_one_line(
    extra: str, line: str, installed: Path, tmp_path: Path
) -> None:
    plan = '{"id": "a", "rooms": [{"type": "Kitchen", "box": [20, 20, 120, 120]}]}'
    (tmp_path / "plan.jsonl").write_text(plan + "\n")
    rooms = '[{"type": "Kitchen"}, {"type": "Balcony"}]'
    joined = f'{{"id": "b", "rooms": {rooms}, "relations": [[0, 1, "left-of"]]}}'
    (tmp_path / "joined.jsonl").write_text(joined + "\n")
    done = subprocess.run(
        [str(installed / "bd-gen"), *line.split()],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("bd-gen: ")
    assert f"bd-gen[{extra}]" in last
    assert "Traceback" not in done.stderr
