"""`bd-gen generate`: what it prints, what it writes, and what it refuses in one line."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import networkx
import pytest
import torch
from networkx import DiGraph
from tests.generation.checkpoints import N_MAX, saved, small_checkpoint

from bd_gen.cli import progress
from bd_gen.cli.main import cli, run
from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.data.sources.graphml.graphml import read_graphml
from bd_gen.results.samples_file import read_samples
from bd_gen.system.locks import locked

ROOT = Path(__file__).resolve().parents[2]
FEW = ("eval.num_samples=6", "eval.seeds=[42,7]", "eval.sampling_steps=4", "eval.device=cpu")

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Relative paths lie in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def model(tmp_path: Path) -> str:
    """The override that names a small checkpoint."""
    saved(tmp_path, "model.pt")
    return "eval.checkpoint_path=model.pt"


@pytest.fixture
def generate(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command: exit code, stdout, stderr."""

    def call(*args: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", ["generate", *args])
        assert isinstance(ended.value.code, int)
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


def files_here() -> list[str]:
    return sorted(str(p) for p in Path("eval_results").rglob("*") if p.is_file())


# ---------------------------------------------------------------- what it does


def test_one_line_and_one_file(generate, model):
    status, out, err = generate(model, *FEW, "eval.unmasking_mode=llada", "eval.top_p=0.9")
    assert (status, err) == (0, "")
    path = "eval_results/loglinear/llada_topp0.9_no_remask_samples.pt"
    assert files_here() == [path]
    assert re.fullmatch(
        rf"wrote {path} \(2 x 6 diagrams, [1-4]\.\d network calls a diagram, \d+\.\d s\)\n", out
    )
    samples = read_samples(path)
    assert samples.seeds == (42, 7)
    assert samples.config["top_p"] == 0.9
    assert samples.config["checkpoint"] == "model.pt"


def test_the_second_time_it_says_so(generate, model):
    generate(model, *FEW)
    before = Path(files_here()[0]).read_bytes()
    status, out, _ = generate(model, *FEW, "eval.batch_size=2")
    path = "eval_results/loglinear/first_hitting_temp1.0_no_remask_sweep2_samples.pt"
    assert (status, out) == (0, f"already complete: {path}\n")
    assert Path(path).read_bytes() == before


def test_the_defaults_are_the_published_ones(generate, model):
    status, out, _ = generate(model)
    assert status == 0
    assert "(5 x 1,000 diagrams" in out
    samples = read_samples(files_here()[0])
    assert samples.seeds == (42, 123, 456, 789, 1337)
    assert samples.num_samples == 1000


@pytest.mark.parametrize(
    ("overrides", "name"),
    [
        (["eval.temperature=0"], "first_hitting_argmax_no_remask"),
        (["eval.unmasking_mode=rooms"], "rooms_temp1.0_no_remask"),
        (["eval.sweeps=2", "eval.sweep_kind=null"], "first_hitting_temp1.0_no_remask_sweep2"),
        (["eval.sweeps=1", "eval.sweep_kind=rooms"], "first_hitting_temp1.0_no_remask_roomsweep1"),
        (["eval.top_p=null"], "first_hitting_temp1.0_no_remask_sweep2"),
        (["eval.top_p=1"], "first_hitting_temp1.0_no_remask_sweep2"),
        (["eval.temperature=0.0", "eval.top_p=0.9"], "first_hitting_topp0.9_no_remask"),
        (
            ["eval.unmasking_mode=random", "eval.remasking.strategy=cap", "eval.remasking.eta=0.4"],
            "random_temp1.0_remdm_cap_eta0.4",
        ),
        (
            [
                "eval.unmasking_mode=llada",
                "eval.remasking.strategy=confidence",
                "eval.remasking.t_switch=0.5",
            ],
            "llada_temp1.0_remdm_confidence_tsw0.5",
        ),
        (
            [
                "eval.unmasking_mode=margin",
                "eval.remasking.strategy=loop",
                "eval.remasking.eta=0.1",
                "eval.remasking.alpha_on=0.8",
            ],
            "margin_temp1.0_remdm_loop_eta0.1_ton0.55_toff0.05_alpha0.8",
        ),
    ],
)
def test_settings_make_the_name(generate, model, overrides, name):
    status, _, err = generate(model, *FEW, *overrides)
    assert (status, err) == (0, "")
    assert files_here() == [f"eval_results/loglinear/{name}_samples.pt"]
    assert read_samples(files_here()[0]).method == name


def test_where_the_results_go(generate, model):
    generate(model, *FEW, "results.dir=elsewhere", "results.schedule=mine", "noise=loglinear")
    assert [str(p) for p in Path("elsewhere").rglob("*.pt")] == [
        "elsewhere/mine/first_hitting_temp1.0_no_remask_sweep2_samples.pt"
    ]
    assert files_here() == []


def test_one_seed_needs_no_brackets(generate, model):
    assert generate(model, *FEW, "eval.seeds=42")[0] == 0
    assert read_samples(files_here()[0]).seeds == (42,)


def test_a_tilde_is_the_home_folder(generate, model, tmp_path, monkeypatch):
    """No shell replaces it after the = of an override."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert generate("eval.checkpoint_path=~/model.pt", *FEW, "results.dir=~/mine")[0] == 0
    (path,) = (tmp_path / "mine").rglob("*.pt")
    assert read_samples(path).provenance["checkpoint_path"] == str(tmp_path / "model.pt")


@pytest.mark.slow
def test_processes_draw_the_same(generate, model):
    assert generate(model, *FEW)[0] == 0
    status, out, err = generate(
        *(model, *FEW, "results.dir=there", "eval.batch_size=2"),
        *("--engine", "processes", "--workers", "1", "--shard-size", "4"),
    )
    assert (status, err) == (0, "processes: 1 process\n")
    there = read_samples(out.split()[1])
    for seed, part in read_samples(files_here()[0]).per_seed.items():
        assert (part.tokens == there.per_seed[seed].tokens).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--workers", "2"], "bd-gen: --workers: goes with --engine processes\n"),
        (["--engine", "dask"], "bd-gen: --engine dask: give the scheduler"),
        (["--engine", "dask", "--scheduler", "here"], "bd-gen: --scheduler: expected tcp://"),
        (["--engine", "slurm"], "bd-gen generate: Invalid value for '--engine'"),
    ],
)
def test_engines_that_will_not_do(generate, model, options, said):
    status, out, err = generate(model, *FEW, *options)
    assert (status, out) == (2, "")
    assert err.startswith(said)
    assert err.count("\n") == 1
    assert files_here() == []


def test_another_process_is_at_work_on_it(generate, model):
    path = Path("eval_results/loglinear/first_hitting_temp1.0_no_remask_sweep2_samples.pt")
    with locked(path.parent / f".{path.stem}.lock", path):
        status, out, err = generate(model, *FEW)
    assert (status, out) == (2, "")
    assert err.startswith(f"bd-gen: {path}: process {os.getpid()} on host ")
    assert err.count("\n") == 1
    assert generate(model, *FEW)[0] == 0


def test_a_checkpoint_of_another_schedule_has_its_folder(generate, tmp_path):
    saved(tmp_path, "cosine.pt", noise="cosine")
    assert generate("eval.checkpoint_path=cosine.pt", *FEW)[0] == 0
    assert files_here()[0].startswith("eval_results/cosine/")


@pytest.mark.parametrize(("override", "folder"), [("", "learned"), ("noise=cosine", "cosine")])
def test_a_learned_checkpoint_is_recognised(generate, tmp_path, override, folder):
    saved(tmp_path, "v2.pt", is_learned=True)
    status, _, err = generate("eval.checkpoint_path=v2.pt", *FEW, *override.split())
    assert (status, err) == (0, "")
    assert files_here() == [
        f"eval_results/{folder}/v2_first_hitting_temp1.0_no_remask_sweep2_samples.pt"
    ]


@contextmanager
def ctrl_c_after(count: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    @contextmanager
    def bar(description, unit):
        def report(done, total):
            if done >= count:
                raise KeyboardInterrupt

        yield report

    with monkeypatch.context() as patch:
        patch.setattr(progress, "bar", bar)
        yield


def test_ctrl_c_keeps_what_is_drawn(generate, model, monkeypatch):
    with ctrl_c_after(4, monkeypatch):
        status, out, err = generate(model, *FEW, "eval.batch_size=2")
    assert (status, out) == (130, "")
    assert err == "stopped; what is drawn is kept, and the same command goes on\n"
    assert files_here() == [
        "eval_results/loglinear/.first_hitting_temp1.0_no_remask_sweep2_samples.partial"
    ]
    status, out, _ = generate(model, *FEW)
    assert status == 0
    assert out.startswith("wrote ")
    assert len(files_here()) == 1


@pytest.mark.slow
def test_the_script_of_the_published_name_does_the_same(generate, model, tmp_path):
    """Byte by byte but for the time and the folder; the method is the published default."""
    generate(model, *FEW, "eval.unmasking_mode=random", "eval.temperature=0")
    done = subprocess.run(
        [
            sys.executable,
            str(ROOT / "scripts" / "generate_samples.py"),
            model,
            *FEW,
            "results.dir=by_script",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("wrote by_script/loglinear/random_argmax_no_remask_samples.pt")
    (by_script,) = Path("by_script").rglob("*.*")
    one, two = (read_samples(path) for path in (files_here()[0], by_script))
    assert one.config == two.config
    assert {**one.provenance, "timestamp": 0} == {**two.provenance, "timestamp": 0}
    for seed in (42, 7):
        assert (one.per_seed[seed].tokens == two.per_seed[seed].tokens).all()


# ---------------------------------------------------------------- given rooms


def test_rooms_that_every_diagram_has(generate, model):
    status, out, err = generate(
        model, *FEW, "--rooms", "Kitchen, bath room", "--num-rooms", "3", "--export", "out.jsonl"
    )
    assert (status, err) == (0, "")
    (path,) = files_here()
    assert re.match(r"eval_results/loglinear_given_[0-9a-f]{8}/first_hitting_temp1\.0", path)
    assert (read_samples(path).per_seed[42].tokens[:, :2] == [2, 3]).all()
    assert "wrote out.jsonl (12 diagrams)\n" in out
    plans = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert len(plans) == 12
    assert all([room["type"] for room in p["rooms"]][:2] == ["Kitchen", "Bathroom"] for p in plans)
    dataset = load_dataset(DataConfig(source="plans", path="out.jsonl", n_max=N_MAX))
    assert len(dataset.tokens) == 12


def test_a_diagram_that_is_given_in_part(generate, model):
    Path("part.json").write_text('{"rooms": ["Kitchen", null], "relations": [[0, 1, "above"]]}')
    status, _, err = generate(model, *FEW, "--given", "part.json")
    assert (status, err) == (0, "")
    tokens = read_samples(files_here()[0]).per_seed[42].tokens
    assert (tokens[:, [0, N_MAX]] == [2, 3]).all()
    # Another condition has a folder of its own, the same one is complete.
    Path("part.json").write_text('{"rooms": ["Kitchen", null], "relations": []}')
    generate(model, *FEW, "--given", "part.json")
    assert len(files_here()) == 2
    assert "already complete" in generate(model, *FEW, "--given", "part.json")[1]


def test_a_graph_that_is_given(generate, model):
    graph = DiGraph()
    graph.add_node("a", label="Kitchen")
    graph.add_node("b")
    graph.add_node("c", type="Balcony")
    graph.add_edge("b", "a", relation="below")  # turned round: 0 above 1
    graph.add_edge("a", "c", relation="none")
    networkx.write_graphml(graph, "part.graphml")
    status, _, err = generate(model, *FEW, "--given", "part.graphml")
    assert (status, err) == (0, "")
    for part in read_samples(files_here()[0]).per_seed.values():
        assert (part.tokens[:, [0, 2, N_MAX, N_MAX + 1]] == [2, 9, 3, 10]).all()
        assert len(set(part.tokens[:, 1].tolist())) > 1  # what is not given is drawn


@pytest.mark.slow
def test_a_bubble_diagram_without_directions(generate, model):
    """Joined pairs stay joined in every sample; what is left out is not joined."""
    rooms = [{"type": name} for name in ("Kitchen", "Bad", "Bathroom")]
    plan = {"id": "x", "rooms": rooms, "relations": [[1, 0], [1, 2, "touches"]]}
    Path("plans.jsonl").write_text(json.dumps(plan) + "\n")
    Path("labels.json").write_text('{"bad": "Bathroom"}')
    words = (model, *FEW, "--given", "plans.jsonl", "--labels", "labels.json")
    status, _, err = generate(*words, "--engine", "processes", "--workers", "1")
    assert (status, err) == (0, "processes: 1 process\n")
    (path,) = Path().rglob("*_samples.pt")
    samples = read_samples(path)
    for seed in (42, 7):
        tokens = samples.per_seed[seed].tokens
        assert (tokens[:, :3] == (2, 3, 3)).all()
        joined = [
            samples.vocabulary.n_max + samples.vocabulary.edge_index(*p) for p in ((0, 1), (1, 2))
        ]
        apart = samples.vocabulary.n_max + samples.vocabulary.edge_index(0, 2)
        assert (tokens[:, joined] < 10).all()
        assert (tokens[:, apart] == 10).all()
    given = samples.config["given"]["relations"]
    assert given == [[0, 2, "none"], [0, 1, "joined"], [1, 2, "joined"]]
    assert "already complete" in generate(*words)[1]


def test_a_plan_that_leaves_nothing_to_draw_is_told_and_not_copied(generate, model):
    rooms = [
        {"type": "Kitchen", "box": [0, 0, 40, 40]},
        {"type": "Bathroom", "box": [40, 0, 60, 40]},
    ]
    Path("plan.jsonl").write_text(json.dumps({"id": "x", "unit": "px", "rooms": rooms}) + "\n")
    status, _, err = generate(model, *FEW, "--given", "plan.jsonl")
    assert status == 2
    assert "given: nothing is left to draw, all rooms and relations are given" in err
    assert not list(Path().rglob("*_samples.pt"))
    assert generate(model, *FEW, "--given", "plan.jsonl", "--num-rooms", "3")[0] == 0


def test_notes_on_a_graph_are_told(generate, model):
    graph = DiGraph()
    graph.add_node("a", usage="Kitchen")
    graph.add_nodes_from("bc", type="Bathroom")
    networkx.write_graphml(graph, "x.graphml")
    status, _, err = generate(model, *FEW, "--given", "x.graphml")
    assert status == 0
    assert "bd-gen: note: x.graphml: 2 of 3 rooms have a type; attributes seen beside type" in err


def test_labels_go_with_rooms(generate, model):
    Path("labels.json").write_text('{"Bad": "Bathroom"}')
    assert "goes with --given or --rooms" in generate(model, *FEW, "--labels", "labels.json")[2]
    words = ("--rooms", "Kitchen, 2 Bad", "--labels", "labels.json")
    assert generate(model, *FEW, *words)[0] == 0


def test_a_plan_that_is_given_with_its_relations(generate, model):
    """Kept in every sample; relations that it does not have are drawn if that is asked for."""
    rooms = [{"type": "Kitchen"}, {"type": "Balcony"}, {"type": "Storage"}]
    plans = [
        {"id": "x", "rooms": rooms, "relations": [[0, 2, "left-of"]]},
        {"id": "y", "rooms": rooms, "relations": []},
    ]
    Path("plans.jsonl").write_text("".join(json.dumps(plan) + "\n" for plan in plans))
    words = ("--given", "plans.jsonl#x", "--absent-edges", "drawn")
    status, out, err = generate(model, *FEW, *words, "--export", "out/{id}.graphml")
    assert (status, err) == (0, "")
    assert "wrote out/{id}.graphml (12 diagrams)" in out
    found = [read_graphml(path).diagram for path in Path("out").iterdir()]
    assert len(found) == 12
    assert all(diagram.room_types == (2, 9, 11) for diagram in found)
    assert all((0, 2, 2) in diagram.edges for diagram in found)
    assert len([name for name in files_here() if "_given_" in name]) == 1


def test_free_samples_are_not_mixed_up_with_given_rooms(generate, model):
    generate(model, *FEW, "--rooms", "Kitchen, Bathroom", "results.schedule=mine")
    status, _, err = generate(model, *FEW, "results.schedule=mine")
    assert status == 2
    assert "given=" in err


# ---------------------------------------------------------------- what it refuses


def assert_refused(result: tuple[int, str, str], *words: str) -> None:
    status, out, err = result
    assert (status, out) == (2, "")
    assert err.startswith("bd-gen")
    assert len(err.splitlines()) == 1, err
    for word in words:
        assert word in err, err
    assert files_here() == []


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["eval.num_samples=0"], ["eval.num_samples", "1..10,000,000"]),
        (["eval.num_samples=100000000000"], ["eval.num_samples", "1..10,000,000"]),
        (["eval.num_samples=many"], ["eval.num_samples"]),
        (["eval.seeds=[1,1]"], ["eval.seeds", "distinct"]),
        (["eval.seeds=[]"], ["eval.seeds"]),
        (["eval.seeds=42,7"], ["eval.seeds: expected a number or a list as in [42,123]", "'42,7'"]),
        (["eval.seeds=null"], ["eval.seeds: expected a number or a list", "None"]),
        (["eval.seeds=true"], ["eval.seeds: expected a number or a list", "True"]),
        (["eval.seeds=[1,x]"], ["eval.seeds", "x"]),
        (["eval.seeds=[-1]"], ["eval.seeds"]),
        (["eval.batch_size=0"], ["eval.batch_size"]),
        (["eval.top_p=1.5"], ["eval.top_p", "(0, 1]", "1.5"]),
        (["eval.top_p=0"], ["eval.top_p"]),
        (["eval.top_p=nan"], ["eval.top_p"]),
        (["eval.temperature=-1"], ["eval.temperature"]),
        (["eval.temperature=nan"], ["eval.temperature"]),
        (["eval.temperature=inf"], ["eval.temperature"]),
        (["eval.temperature=hot"], ["eval.temperature"]),
        (["eval.sampling_steps=0"], ["eval.sampling_steps", "1..100,000"]),
        (["eval.sampling_steps=99999999999"], ["eval.sampling_steps", "1..100,000"]),
        (["eval.sampling_steps=1.5"], ["eval.sampling_steps"]),
        (["eval.unmasking_mode=rnd"], ["eval.unmasking_mode", "random", "llada", "first_hitting"]),
        (["eval.unmasking_mode=randm"], ["did you mean random"]),
        (["eval.device=abacus"], ["device", "abacus"]),
        (["eval.remasking.strategy=cup"], ["eval.remasking.strategy", "did you mean cap"]),
        (["eval.remasking.strategy=cap"], ["eval.remasking.eta"]),
        (["eval.remasking.eta=0.4"], ["eval.remasking.eta", "strategy"]),
        (
            [
                "eval.unmasking_mode=random",
                "eval.remasking.strategy=cap",
                "eval.remasking.eta=1.5",
            ],
            ["eval.remasking.eta", "(0, 1]"],
        ),
        (
            [
                "eval.unmasking_mode=random",
                "eval.remasking.strategy=confidence",
                "eval.remasking.t_switch=0",
            ],
            ["eval.remasking.t_switch", "(0, 1]"],
        ),
        (
            ["eval.remasking.strategy=cap", "eval.remasking.eta=0.4"],
            ["eval.remasking", "first_hitting reveals each token once"],
        ),
        (
            [
                "eval.unmasking_mode=rooms",
                "eval.remasking.strategy=cap",
                "eval.remasking.eta=0.4",
            ],
            ["eval.remasking", "rooms reveals each token once"],
        ),
        (["eval.sweeps=-1"], ["eval.sweeps must be a whole number in 0..1,000, got -1"]),
        (["eval.sweeps=1001"], ["eval.sweeps", "0..1,000"]),
        (["eval.sweeps=1.5"], ["eval.sweeps", "1.5"]),
        (["eval.sweeps=two"], ["eval.sweeps", "two"]),
        (["eval.sweep_kind=rooms"], ["eval.sweep_kind", "goes with sweeps of 1 or more"]),
        (["eval.sweeps=1", "eval.sweep_kind=room"], ["eval.sweep_kind", "did you mean rooms"]),
        (["results.schedule=a/b"], ["results.schedule", "a/b"]),
        (["results.schedule=.."], ["results.schedule"]),
        (["results.schedule='.'"], ["results.schedule"]),
        (["noise=cosine"], ["noise=cosine", "trained with noise=loglinear"]),
        (["noise=cosin"], ["did you mean noise=cosine"]),
        (["eval.topp=0.9"], ["eval.topp", "eval.top_p"]),
        (["eval.top_p"], ["eval.top_p", "KEY=VALUE"]),
        (["temperature=0.5"], ["temperature"]),
        (["eval.seeds=[1,"], ["eval.seeds"]),
        (["--given", "nowhere.json"], ["nowhere.json", "cannot be read"]),
        (["--rooms", "Kichen"], ["unknown room", "Kitchen"]),
        (["--rooms", "Kitchen, Kitchen, Bathroom, Balcony, Storage"], ["5 rooms"]),
        (["--rooms", "Kitchen", "--num-rooms", "9"], ["9 rooms"]),
        (["--rooms", "Kitchen", "--num-rooms", "0"], ["at least one room"]),
        (["--rooms", "Kitchen", "--given", "x.json"], ["--given and --rooms"]),
        (["--rooms", "Kitchen", "--absent-edges", "none"], ["--absent-edges", "--given"]),
        (["--export", "x.dxf"], ["x.dxf", "needs a layout"]),
        (["--export", "x.graphml"], ["x.graphml", "x_{id}.graphml"]),
        (["--export", "x.doc"], ["x.doc", "ends in .jsonl"]),
        (["--num-rooms", "3"], ["--num-rooms"]),
        (["--num-rooms", "three", "--rooms", "Kitchen"], ["--num-rooms"]),
        (["--colour", "blue"], ["--colour"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_settings(generate, model, args, words):
    assert_refused(generate(model, *FEW, *args), *words)


def test_without_a_checkpoint_it_is_the_bundled_one(generate):
    code, text, err = generate(*FEW)
    assert code == 0, err
    assert "first_hitting_temp1.0_no_remask_sweep2_samples.pt" in text
    samples = read_samples(
        "eval_results/loglinear/first_hitting_temp1.0_no_remask_sweep2_samples.pt"
    )
    assert samples.n_max == 8
    assert samples.config["checkpoint"] == "bundled"


def test_a_checkpoint_that_is_not_there(generate):
    assert_refused(generate("eval.checkpoint_path=no/where.pt"), "no/where.pt", "no checkpoint")


@pytest.mark.parametrize("content", ["empty", "cut short", "text", "other"])
def test_a_damaged_checkpoint(generate, model, content):
    path = Path("model.pt")
    if content == "other":
        torch.save({"weights": torch.zeros(3)}, path)
    else:
        whole = path.read_bytes()
        path.write_bytes({"empty": b"", "cut short": whole[:2000], "text": b"hello\n"}[content])
    assert_refused(generate(model, *FEW), "model.pt")


class Runs:
    """Would make a file if it were unpickled."""

    def __reduce__(self):
        return (Path.touch, (Path("executed"),))


def test_a_checkpoint_that_would_run_code(generate):
    torch.save({"format": Runs()}, "evil.pt")
    assert_refused(generate("eval.checkpoint_path=evil.pt", *FEW), "evil.pt", "refused")
    assert not Path("executed").exists()


def test_weights_that_do_not_fit(generate, tmp_path):
    config = small_checkpoint().config
    saved(tmp_path, "wide.pt", config={**config, "model": {**config["model"], "width": 32}})
    assert_refused(generate("eval.checkpoint_path=wide.pt", *FEW), "wide.pt", "do not fit")


def test_samples_of_another_checkpoint_are_kept(generate, model, tmp_path):
    generate(model, *FEW)
    before = Path(files_here()[0]).read_bytes()
    saved(tmp_path, "other.pt", seed=1)
    status, out, err = generate("eval.checkpoint_path=other.pt", *FEW)
    assert (status, out) == (2, "")
    assert "another checkpoint" in err
    assert "eval.overwrite=true" in err
    assert Path(files_here()[0]).read_bytes() == before
    assert generate("eval.checkpoint_path=other.pt", *FEW, "eval.overwrite=true")[0] == 0
    assert Path(files_here()[0]).read_bytes() != before


def test_only_realizable(generate, model):
    pytest.importorskip("ortools")
    status, out, err = generate(model, *FEW, "eval.only_realizable=true")
    assert (status, err) == (0, "")
    path = "eval_results/loglinear/first_hitting_temp1.0_no_remask_sweep2_realizable_samples.pt"
    assert files_here() == [path]
    attempts = sum(one.attempts for one in read_samples(path).rejection.values())
    share = 100 * (attempts - 12) / attempts
    said = rf"; refused: {share:.1f} % of {attempts} draws, 0 undecided\)\n"
    assert re.search(said, out)


def test_only_realizable_without_or_tools(generate, model, monkeypatch):
    from bd_gen.generation import only_realizable

    monkeypatch.setattr(only_realizable, "has_solver", lambda: False)
    assert generate(model, *FEW, "eval.only_realizable=true") == (
        2,
        "",
        "bd-gen: eval.only_realizable needs OR-tools: pip install 'bd-gen[layout]'\n",
    )
    assert files_here() == []


def test_help_lists_the_settings(generate):
    status, out, _ = generate("--help")
    assert status == 0
    for setting in ("eval.top_p=null", "eval.unmasking_mode=first_hitting", "results.dir="):
        assert setting in out
    assert "noise=cosine|" in out
