import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.io import loadmat, savemat
from tests.data.conftest import EIGHT
from tests.rplan import NUM_RELATIONS

from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources.graph2plan.guarded import read_in_child
from bd_gen.data.sources.graph2plan.source import read_graph2plan
from bd_gen.data.sources.plans.plans_writer import write_plans
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.relations import are_joined, relation_labels
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError

PUBLISHED = ("name", "boundary", "order", "rType", "rBoundary", "gtBox", "gtBoxNew", "rEdge")
BOXES = np.array([[50, 50, 110, 150], [114, 50, 150, 90], [114, 94, 150, 150]])
OUTLINE = np.array([[50, 50, 0, 1], [50, 60, 0, 1], [150, 150, 1, 0], [50, 150, 2, 0]])


def plan(**fields: Any) -> dict[str, Any]:
    """One plan in the published schema: columns, as MATLAB has them."""
    return {
        "name": "11",
        "boundary": OUTLINE,
        "order": np.array([[1], [2], [3]]),
        "rType": np.array([[0], [2], [3]]),
        "rBoundary": np.array([[0]]),
        "gtBox": BOXES[:, [1, 0, 3, 2]],
        "gtBoxNew": BOXES,
        "rEdge": np.array([[0, 1, 1], [0, 2, 2], [1, 2, 3]]),
        **fields,
    }


def write_array(path: Path, *plans: dict[str, Any], compressed: bool = True) -> Path:
    """A struct array `data`, as published."""
    data = np.zeros((1, len(plans)), dtype=[(name, object) for name in plans[0]])
    for k, fields in enumerate(plans):
        data[0, k] = tuple(fields.values())
    savemat(path, {"data": data}, do_compression=compressed)
    return path


EDGES = ((0, 1, 1), (0, 2, 2), (1, 2, 3))


def test_the_published_array(tmp_path: Path) -> None:
    path = write_array(tmp_path / "data.mat", plan(), plan(name="12", rType=[[0], [2], [9]]))
    table = read_graph2plan(path, EIGHT)
    assert table.ids.tolist() == ["11", "12"]
    assert diagrams_from_tokens(table.tokens, EIGHT) == [
        Diagram((0, 2, 3), EDGES),
        Diagram((0, 2, 9), EDGES),
    ]
    assert table.boxes[0, :3].tolist() == BOXES.tolist()
    assert table.has_boxes.all()
    assert table.notes == ()


@pytest.mark.parametrize(
    "quirk",
    [
        {"rType": np.array([0, 2, 3])},
        {"rType": np.array([[0, 2, 3]], np.uint8)},
        {"rEdge": np.array(EDGES, np.uint8)},
        {"rEdge": np.array(EDGES, float)},
        {"gtBoxNew": BOXES.astype(np.uint8)},
        {"name": 11},
        {"name": 11.0},
        {"name": np.array([["11"]])},
        {"name": " 11 "},
    ],
)
def test_shapes_and_number_types_do_not_matter(tmp_path: Path, quirk: dict[str, Any]) -> None:
    table = read_graph2plan(write_array(tmp_path / "a.mat", plan(**quirk)), EIGHT)
    assert table.ids.tolist() == ["11"]
    assert diagrams_from_tokens(table.tokens, EIGHT) == [Diagram((0, 2, 3), EDGES)]
    assert table.boxes[0, :3].tolist() == BOXES.tolist()


@pytest.mark.parametrize("edge", [[[0, 1, 1]], [0, 1, 1], [[0], [1], [1]]])
def test_a_single_edge_however_squeezed(tmp_path: Path, edge: list[Any]) -> None:
    path = write_array(tmp_path / "a.mat", plan(rEdge=np.array(edge)))
    (diagram,) = diagrams_from_tokens(read_graph2plan(path, EIGHT).tokens, EIGHT)
    assert diagram.edges == ((0, 1, 1),)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (1, 0), (0,)])
def test_no_edge(tmp_path: Path, shape: tuple[int, ...]) -> None:
    path = write_array(tmp_path / "a.mat", plan(rEdge=np.zeros(shape)))
    (diagram,) = diagrams_from_tokens(read_graph2plan(path, EIGHT).tokens, EIGHT)
    assert diagram.edges == ()


def test_a_single_room_squeezed_to_scalars(tmp_path: Path) -> None:
    one = plan(rType=5, rEdge=np.zeros((0, 3)), gtBoxNew=np.array([1, 2, 30, 40]))
    table = read_graph2plan(write_array(tmp_path / "a.mat", one), EIGHT)
    assert diagrams_from_tokens(table.tokens, EIGHT) == [Diagram((5,), ())]
    assert table.boxes[0, 0].tolist() == [1, 2, 30, 40]


def test_self_loops_turned_and_repeated_edges(tmp_path: Path) -> None:
    edges = [[1, 0, 2], [2, 2, 4], [0, 2, 2], [2, 0, 3], [0, 2, 2]]
    table = read_graph2plan(write_array(tmp_path / "a.mat", plan(rEdge=np.array(edges))), EIGHT)
    (diagram,) = diagrams_from_tokens(table.tokens, EIGHT)
    assert diagram.edges == ((0, 1, 7), (0, 2, 2))
    assert table.notes == (
        "1 self-loops dropped",
        "2 relations between rooms that already had one dropped",
    )


def test_the_other_box_fields(tmp_path: Path) -> None:
    fields = plan()
    del fields["gtBoxNew"]
    # gtBox has rows first
    table = read_graph2plan(write_array(tmp_path / "a.mat", fields), EIGHT)
    assert table.boxes[0, :3].tolist() == BOXES.tolist()
    # `box` has the room type as its fifth column
    fields["box"] = np.concatenate([BOXES, [[0], [2], [3]]], axis=1)
    del fields["gtBox"]
    table = read_graph2plan(write_array(tmp_path / "a.mat", fields), EIGHT)
    assert table.boxes[0, :3].tolist() == BOXES.tolist()
    del fields["box"]
    table = read_graph2plan(write_array(tmp_path / "a.mat", fields), EIGHT)
    assert not table.has_boxes.any()
    assert "1 plans without sound boxes" in table.notes[0]


@pytest.mark.parametrize(
    "boxes",
    [BOXES[:2], BOXES[:, [2, 1, 0, 3]], BOXES * np.nan, BOXES * 1e6, np.array([["a"]] * 3)],
)
def test_boxes_that_make_no_sense_are_left_out(tmp_path: Path, boxes: np.ndarray) -> None:
    table = read_graph2plan(write_array(tmp_path / "a.mat", plan(gtBoxNew=boxes)), EIGHT)
    assert table.has_boxes.tolist() == [False]
    assert (table.boxes == 0).all()
    assert diagrams_from_tokens(table.tokens, EIGHT) == [Diagram((0, 2, 3), EDGES)]


def test_names_are_made_unique(tmp_path: Path) -> None:
    plans = [plan(), plan(), plan(name=np.zeros((0, 0))), plan(), plan(name="a\nb")]
    table = read_graph2plan(write_array(tmp_path / "a.mat", *plans), EIGHT)
    assert table.ids.tolist() == ["11", "11#2", "2", "11#3", "4"]
    assert table.notes == ("2 plans renamed because their name was taken",)


def test_a_cell_array_of_structs_and_another_variable_name(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    savemat(path, {"plans": [plan(), plan(name="12")], "more": np.arange(3)})
    assert read_graph2plan(path, EIGHT).ids.tolist() == ["11", "12"]
    savemat(path, {"data": plan()})
    assert read_graph2plan(path, EIGHT).ids.tolist() == ["11"]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"rType": np.array([0, 2, 13])}, "unknown room type"),
        ({"rType": np.array([0, -1, 3])}, "unknown room type"),
        ({"rType": np.array([0.5, 1, 2])}, "malformed plan"),
        ({"rType": "abc"}, "malformed plan"),
        ({"rType": np.zeros((0, 0))}, "no rooms"),
        ({"rType": np.arange(9)}, "too many rooms"),
        ({"rEdge": np.array([[0, 3, 1]])}, "bad relation"),
        ({"rEdge": np.array([[-1, 1, 1]])}, "bad relation"),
        ({"rEdge": np.array([[0, 1, 10]])}, "bad relation"),
        ({"rEdge": np.array([[0, 1, 1, 1]])}, "bad relation"),
        ({"rEdge": np.array([[0, 1, np.inf]])}, "malformed plan"),
        ({"rEdge": {"a": 1}}, "malformed plan"),
    ],
)
def test_bad_plans_are_refused_or_skipped(
    tmp_path: Path, fields: dict[str, Any], kind: str
) -> None:
    path = write_array(tmp_path / "a.mat", plan(), plan(name="bad", **fields), plan(name="3"))
    with pytest.raises(InputError, match=rf"^{path}: 1 of 3 plans are bad: 1 x {kind} \(plan 2"):
        read_graph2plan(path, EIGHT)
    table = read_graph2plan(path, EIGHT, skip_bad=True)
    assert table.ids.tolist() == ["11", "3"]
    assert table.notes[0].startswith(f"skipped 1 of 3 plans: 1 x {kind}")
    assert len(table.tokens) == 2
    with pytest.raises(InputError, match="1 of 1 plans are bad"):
        read_graph2plan(write_array(path, plan(**fields)), EIGHT, skip_bad=True)


def test_wrong_fields_are_named(tmp_path: Path) -> None:
    fields = plan()
    del fields["rEdge"]
    path = write_array(tmp_path / "a.mat", fields)
    with pytest.raises(InputError, match=f"^{path}: rEdge: expected this field, found name, "):
        read_graph2plan(path, EIGHT)
    savemat(path, {"data": np.arange(5)})
    with pytest.raises(InputError, match="expected a struct array"):
        read_graph2plan(path, EIGHT)
    savemat(path, {})
    with pytest.raises(InputError, match="expected a struct array"):
        read_graph2plan(path, EIGHT)


@pytest.mark.parametrize("head", [b"MATLAB 7.3 MAT-file, Platform: GLNXA64", b"\x89HDF\r\n\x1a\n"])
def test_version_7_3_files_are_recognised(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "a.mat"
    path.write_bytes(head.ljust(600, b"\0"))
    with pytest.raises(InputError, match=r"MATLAB v7\.3 \(HDF5\) file; save it"):
        read_graph2plan(path, EIGHT)


@pytest.mark.parametrize("data", [b"", b"hello", b"\0" * 1000, b"x" * 1000])
def test_what_is_no_mat_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.mat"
    path.write_bytes(data)
    with pytest.raises(InputError, match=f"^{path}: ") as caught:
        read_graph2plan(path, EIGHT)
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def sound_bytes(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, bytes]:
    folder = tmp_path_factory.mktemp("mat")
    return {
        c: write_array(folder / f"{c}.mat", plan(), plan(name="12"), compressed=c).read_bytes()
        for c in (True, False)
    }


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=6, deadline=None
)
@given(data=st.data(), compressed=st.booleans())
def test_damage_makes_nothing_but_an_input_error(
    tmp_path: Path, sound_bytes: dict[bool, bytes], data: st.DataObject, compressed: bool
) -> None:
    """In a child process, as users read it: some damage crashes scipy's reader."""
    damaged = bytearray(sound_bytes[compressed])
    for _ in range(data.draw(st.integers(0, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    damaged = damaged[: data.draw(st.integers(0, len(damaged)))]
    path = tmp_path / "damaged.mat"
    path.write_bytes(damaged)
    try:
        said = f"{len(read_in_child(path, EIGHT))} plans"
    except InputError as error:
        said = str(error)
    assert "\n" not in said


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
@given(seed=st.integers(0, 10**6), num_plans=st.integers(1, 5))
def test_from_matlab_to_the_open_format_and_back(
    tmp_path: Path, random_table: Callable[..., PlanTable], seed: int, num_plans: int
) -> None:
    """Published relations survive, whichever way round their edges were."""
    table = random_table(num_plans, seed)
    rng = np.random.default_rng(seed)
    plans = []
    for diagram, boxes, name in zip(
        diagrams_from_tokens(table.tokens, EIGHT), table.boxes, table.ids, strict=True
    ):
        edges = [
            (i, j, r) if rng.random() < 0.5 else (j, i, NUM_RELATIONS - 1 - r)
            for i, j, r in diagram.edges
        ]
        types = np.array(diagram.room_types)
        plans.append(
            plan(
                name=str(name), rType=types, rEdge=np.array(edges).reshape(-1, 3),
                gtBoxNew=boxes[: len(types)],
            )
        )  # fmt: skip
    path = write_array(tmp_path / "a.mat", *plans)
    read = read_graph2plan(path, EIGHT)
    np.testing.assert_array_equal(read.tokens, table.tokens)
    np.testing.assert_array_equal(read.boxes, table.boxes)
    write_plans(tmp_path / "a.jsonl", read)
    np.testing.assert_array_equal(read_plans(tmp_path / "a.jsonl", EIGHT).tokens, table.tokens)


@pytest.mark.parametrize("name", ["g2p_110", "g2p_69938"])
def test_the_real_single_plans(dev_data: Path, name: str) -> None:
    path = dev_data / "real_plans" / f"{name}.mat"
    table = read_graph2plan(path, EIGHT)
    assert table.ids.tolist() == [name.removeprefix("g2p_")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = loadmat(path, squeeze_me=True)["data"]
    (diagram,) = diagrams_from_tokens(table.tokens, EIGHT)
    assert list(diagram.room_types) == raw["rType"].item().tolist()
    assert [list(edge) for edge in diagram.edges] == sorted(raw["rEdge"].item().tolist())
    # the rule of relations holds for every edge, with these columns and this numbering
    u, v = (table.boxes[0, [edge[k] for edge in diagram.edges]] for k in (0, 1))
    assert relation_labels(u, v).tolist() == [edge[2] for edge in diagram.edges]
    assert are_joined(u, v).all()


@pytest.mark.parametrize("name", ["g2p_110", "g2p_69938"])
def test_the_real_plans_as_a_published_array(dev_data: Path, tmp_path: Path, name: str) -> None:
    path = dev_data / "real_plans" / f"{name}.mat"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = loadmat(path)["data"].ravel()[0]
    fields = {key: raw[key] for key in ("name", "boundary", "order", "rType", "rEdge")}
    fields["gtBoxNew"] = raw["box"][:, :4]
    published = write_array(tmp_path / "data.mat", fields, {**fields, "name": "other"})
    table = read_graph2plan(published, Vocabulary(14))
    single = read_graph2plan(path, Vocabulary(14))
    np.testing.assert_array_equal(table.tokens, np.repeat(single.tokens, 2, axis=0))
    np.testing.assert_array_equal(table.boxes[:1], single.boxes)
