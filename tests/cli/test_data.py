import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bd_gen.cli.data import command
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError

FLAT = [
    {"type": "LivingRoom", "box": [50, 50, 110, 150]},
    {"type": "Kitchen", "box": [114, 50, 150, 90]},
    {"type": "Bathroom", "box": [114, 94, 150, 150]},
]


def run(*args: object) -> Result:
    """Run `bd-gen data ...`; an InputError comes out as it is."""
    result = CliRunner().invoke(command, [str(arg) for arg in args])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def plans_file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.jsonl"
    lines = [
        {"id": k, "rooms": [{**room, "box": [c + k for c in room["box"]]} for room in FLAT]}  # type: ignore[attr-defined]
        for k in range(10)
    ]
    lines.append({"id": "again", "rooms": FLAT})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_synthetic_prints_its_report_and_writes_the_plans(tmp_path: Path) -> None:
    out = tmp_path / "plans.jsonl.gz"
    result = run("synthetic", "--num-plans", 6000, "--seed", 2, "--out", out)
    assert result.exit_code == 0
    assert "6,000 plans, 6,000 distinct, 4 to 8 rooms" in result.output
    assert (
        "training 4,802, validation 599, test 599 (canonical split); fingerprint " in result.output
    )
    assert "all 58 within tolerance" in result.output
    row = next(line for line in result.output.splitlines() if "edges a plan" in line)
    assert row.split()[3:4] == ["10.20"]
    assert row.split()[-1] == "ok"
    assert len(read_plans(out, Vocabulary(8))) == 6000
    # piped output is plain text
    assert "\x1b" not in result.output
    # the same again, from the cache
    assert run("synthetic", "--num-plans", 6000, "--seed", 2).output in result.output.replace(
        f"6,000 plans: {out}\n", ""
    )


def test_few_synthetic_plans_say_that_chance_shows() -> None:
    assert "(chance shows below 5,000 plans)" in run("synthetic", "--num-plans", 50).output


def test_plans_are_read_and_described(plans_file: Path) -> None:
    result = run("plans", plans_file)
    assert "plans: mine.jsonl: 11 plans, 10 distinct, 3 to 3 rooms" in result.output
    assert "training 11, validation 0, test 0 (canonical split)" in result.output


def test_bad_plans_are_refused_or_skipped(plans_file: Path) -> None:
    with plans_file.open("a") as file:
        file.write('{"id": "x", "rooms": [{"type": "Salon", "box": [0, 0, 90, 90]}]}\n{\n')
    with pytest.raises(InputError, match=r"2 of 13 plans are bad: 1 x unknown label \(line 12: "):
        run("plans", plans_file)
    result = run("plans", plans_file, "--skip-bad")
    assert "skipped 2 of 13 plans" in result.stderr
    assert "11 plans" in result.stdout
    # from the cache the note is still said
    assert "skipped 2 of 13 plans" in run("plans", plans_file, "--skip-bad").stderr


def test_labels_and_n_max(plans_file: Path, tmp_path: Path) -> None:
    plans_file.write_text('{"id": 1, "rooms": [{"type": "Salon", "box": [0, 0, 90, 90]}]}\n')
    labels = tmp_path / "labels.json"
    labels.write_text('{"salon": "LivingRoom"}')
    assert (
        "1 plans, 1 distinct, 1 to 1 rooms" in run("plans", plans_file, "--labels", labels).output
    )
    with pytest.raises(InputError, match=r"data\.n_max: expected an integer in 1\.\.32, got 99"):
        run("plans", plans_file, "--n-max", 99)


def test_stats_of_own_plans(plans_file: Path) -> None:
    result = run("stats", "data=plans", f"data.path={plans_file}")
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    for expected in (
        "plans 11",
        "distinct plans 10",
        "repeated plans 1",
        "distinct token rows 1",
        "edges a plan 3 (3 to 3)",
        "connected 100.00 %",
        "training 11 100.00 %",
        "3 11 100.00 % 3 1",
        "Kitchen 11 33.33 % 2",
        "left-below 11 33.33 %",
        "LivingRoom, Kitchen, Bathroom 11 100.00 %",
    ):
        assert expected in lines
    assert not any(line.startswith("Balcony") for line in lines)


def test_export_round_trip(plans_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out.jsonl"
    result = run("export", "data=plans", f"data.path={plans_file}", "--out", out)
    assert f"11 plans: {out}" in result.output
    assert json.loads(out.read_text().splitlines()[0])["rooms"] == FLAT
    refused = run("export", "data=plans", f"data.path={plans_file}", "--out", tmp_path)
    assert refused.exit_code == 2
    assert "is a directory" in refused.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["data=plan"],
            "data.source: expected one of synthetic, graph2plan, plans, resplan, lifull, "
            "housegan, graphml, got 'plan'",
        ),
        (["data.pth=x"], "did you mean data.path=..."),
        (["data=plans"], "data.path: expected the file to read"),
        (["data.num_plans=many"], "expected an integer"),
        (["num_plans=3"], "expected data=SOURCE or data.FIELD=VALUE"),
    ],
)
def test_overrides_that_will_not_do(words: list[str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        run("stats", *words)
    assert said in str(caught.value)


def test_graph2plan(dev_data: Path, tmp_path: Path) -> None:
    path = dev_data / "real_plans" / "g2p_110.mat"
    out = tmp_path / "one.jsonl"
    result = run("graph2plan", path, "--out", out)
    assert "graph2plan: g2p_110.mat: 1 plans, 1 distinct, 8 to 8 rooms" in result.output
    assert json.loads(out.read_text())["id"] == "110"


def test_fetch_without_a_network(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be downloaded"):
        run("fetch", "graph2plan", "--out", tmp_path, "--url", "http://127.0.0.1:9/Data.zip")


def bd_gen(*args: object, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from bd_gen.cli.main import main; main()", *map(str, args)],
        capture_output=True,
        text=True,
        env={**os.environ, **env},
        check=False,
    )


def test_a_mistake_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    done = bd_gen("data", "plans", tmp_path / "none.jsonl")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        f"bd-gen: {tmp_path}/none.jsonl: cannot be read (No such file or directory)\n"
    )


def test_readable_where_only_ascii_is_known(plans_file: Path) -> None:
    for args in (
        ("stats", "data=plans", f"data.path={plans_file}"),
        ("synthetic", "--num-plans", 50),
    ):
        done = bd_gen("data", *args, PYTHONIOENCODING="ascii")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.isascii()


@pytest.mark.slow
def test_the_real_plans(dev_data: Path) -> None:
    path = dev_data / "real_plans" / "rplan.jsonl.gz"
    output = run("stats", "data=plans", f"data.path={path}").output
    lines = [" ".join(line.split()) for line in output.splitlines()]
    assert "plans 72,751" in lines
    assert "archetypes 343" in lines
    assert "edges a plan 10.17 (3 to 18)" in lines


def test_plans_are_not_written_under_the_name_of_another_format(
    plans_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "x.csv"
    with pytest.raises(InputError, match=r"x\.csv: plans are written as \.jsonl; `bd-gen export`"):
        run("plans", plans_file, "--out", out)
    assert not out.exists()


def test_symmetry_tells_one_sided_plans_from_two_sided_ones(tmp_path: Path) -> None:
    # The kitchen is always east of the living room: no plan is another's mirror image.
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps({"id": k, "rooms": FLAT}) + "\n" for k in range(10)))
    output = run("symmetry", "data=plans", f"data.path={path}").output
    left_right, up_down = (
        next(line for line in output.splitlines() if line.split()[:1] == [name])
        for name in ("left-right", "up-down")
    )
    assert left_right.rstrip().endswith("not alike")
    assert left_right.split()[1:4] == ["0.00000", "0.46210", ">"]
    assert up_down.rstrip().endswith("not alike")
    both = run("symmetry", "data=synthetic", "data.num_plans=3000").output
    assert next(line for line in both.splitlines() if "left-right" in line).split()[-2:] == [
        "1.0",
        "alike",
    ]


def test_symmetry_needs_two_plans(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"id": 1, "rooms": FLAT}) + "\n")
    with pytest.raises(InputError, match="needs at least two plans"):
        run("symmetry", "data=plans", f"data.path={path}")


def test_the_split_and_what_leaks_through_it_are_told(plans_file: Path) -> None:
    output = run("plans", plans_file).output
    assert "training 11, validation 0, test 0 (canonical split); fingerprint" in output
    assert "held-out" not in output
    output = run("plans", plans_file, "--split", "identical").output
    # ten different plans of one diagram
    assert "(identical split)" in output
    assert (
        "held-out plans with a double in training: same row 100.00 %, same diagram 100.00 %, "
        "by 9 - r 100.00 %, twins 100.00 %\n"
    ) in output
    stats = run("stats", "data=plans", f"data.path={plans_file}", "data.split=identical").output
    lines = [" ".join(line.split()) for line in stats.splitlines()]
    assert any(line.startswith("validation 1 9.09 % 100.00 % 100.00 %") for line in lines)


def test_published_lists_of_ids(plans_file: Path, tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("nobody\n")
    (tmp_path / "test.txt").write_text("none\n")
    with pytest.raises(InputError, match=r"^data\.split_file: expected the folder that holds"):
        run("plans", plans_file, "--split", "graph2plan")
    with pytest.raises(InputError, match=r"^data\.split: none of the 11 plans of plans: "):
        run("plans", plans_file, "--split", "graph2plan", "--split-file", tmp_path)
    ids = [json.loads(line)["id"] for line in plans_file.read_text().splitlines()]
    (tmp_path / "train.txt").write_text("".join(f"{k}\n" for k in ids[:8]))
    (tmp_path / "test.txt").write_text(f"{ids[8]}\n")
    result = run("plans", plans_file, "--split", "graph2plan", "--split-file", tmp_path)
    assert "training 8, validation 0, test 1 (graph2plan split)" in result.stdout
    assert "note: 2 of 11 plans are in neither train.txt nor test.txt" in result.stderr
