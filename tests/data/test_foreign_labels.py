import json
from pathlib import Path

import networkx
import pytest

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_table
from bd_gen.data.foreign_labels import plans_of_folder
from bd_gen.data.unknown_labels import UnknownLabelsError
from bd_gen.data.vocabulary_draft import draft_text
from bd_gen.data.vocabulary_facts import facts_of
from bd_gen.diagrams.words_file import words_named
from bd_gen.system.errors import InputError


@pytest.fixture
def graphs(tmp_path: Path) -> Path:
    """Two graphs in words of their own, and what is no graph."""
    folder = tmp_path / "graphs"
    (folder / "more").mkdir(parents=True)
    for k, name in enumerate(("a.graphml", "more/b.xml")):
        graph = networkx.Graph()
        graph.add_node("n0", label="Wohnen")
        graph.add_node("n1", label="Bad 1")
        graph.add_node("n2", label="Bad 2" if k else "Kitchen")
        graph.add_edge("n0", "n1", relation="door")
        graph.add_edge("n0", "n2", relation="wall")
        networkx.write_graphml(graph, folder / name)
    (folder / "c.graphml").write_text("<graphml")
    return folder


def test_labels_of_a_folder_of_graphs(graphs: Path) -> None:
    plans = list(plans_of_folder(graphs))
    assert [None if plan is None else plan["id"] for plan in plans] == ["a", None, "b"]
    assert plans[2] == {
        "id": "b",
        "rooms": [{"type": "Wohnen"}, {"type": "Bad"}, {"type": "Bad"}],
        "relations": [[0, 1, "door"], [0, 2, "wall"]],
    }


def test_a_vocabulary_drafted_from_a_folder_reads_it(graphs: Path, tmp_path: Path) -> None:
    text = draft_text(facts_of(graphs), "mine")
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    assert words_named(file).room_names == ("Bad", "Wohnen", "Kitchen")
    (graphs / "c.graphml").unlink()
    cache = str(tmp_path / "cache")
    table = load_table(DataConfig("graphml", str(graphs), vocabulary=str(file), cache_dir=cache))
    assert table.ids.tolist() == ["a", "more/b"]


def test_unknown_labels_of_a_folder_are_counted(graphs: Path) -> None:
    (graphs / "c.graphml").unlink()
    config = DataConfig("graphml", str(graphs), cache_dir=str(graphs / "cache"))
    with pytest.raises(UnknownLabelsError) as caught:
        load_table(config)
    assert caught.value.labels == {"Bad": 3, "Wohnen": 2}
    said = str(caught.value)
    assert "2 x unknown label (file a.graphml: 'Wohnen', file more/b.xml: 'Wohnen')" in said
    assert "2 unknown labels (rooms): 'Bad' (3), 'Wohnen' (2) [--labels FILE" in said


def test_labels_of_a_folder_of_house_gan(tmp_path: Path) -> None:
    rooms = {
        "room_type": [1, 2],
        "boxes": [[0, 0, 100, 100], [100, 0, 180, 100]],
        "edges": [
            [0, 0, 100, 0, 1, 0], [100, 0, 100, 100, 1, 2], [100, 100, 0, 100, 1, 0],
            [0, 100, 0, 0, 1, 0], [100, 0, 180, 0, 2, 0], [180, 0, 180, 100, 2, 0],
            [180, 100, 100, 100, 2, 0], [100, 100, 100, 0, 2, 1],
        ],
        "ed_rm": [[0], [0, 1], [0], [0], [1], [1], [1], [1, 0]],
    }  # fmt: skip
    (tmp_path / "1.json").write_text(json.dumps(rooms))
    (plan,) = plans_of_folder(tmp_path)
    assert plan is not None
    assert [room["type"] for room in plan["rooms"]] == ["living room", "kitchen"]


def test_a_folder_without_plans_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no \.graphml, \.xml, \.json file"):
        facts_of(tmp_path)
    (tmp_path / "a.json").write_text("3")
    with pytest.raises(InputError, match="holds no graph whose nodes are called something"):
        facts_of(tmp_path)
