import numpy as np
import pytest
from tests import rplan as words

from bd_gen.diagrams.vocabulary import LARGEST_N_MAX, Vocabulary

N_MAX = range(1, 15)


def test_published_numbers():
    assert words.ROOM_TYPES[0] == "LivingRoom"
    assert words.ROOM_TYPES[10] == "Entrance"
    assert (words.NODE_MASK, words.NODE_PAD) == (13, 14)
    assert (words.NO_EDGE, words.EDGE_MASK, words.EDGE_PAD) == (10, 11, 12)
    assert Vocabulary(8).length == 36
    assert Vocabulary(14).length == 105


@pytest.mark.parametrize(
    ("relation", "inverse"),
    [
        ("left-above", "right-below"),
        ("left-below", "right-above"),
        ("left-of", "right-of"),
        ("above", "below"),
        ("inside", "surrounding"),
    ],
)
def test_inverse_relation(relation: str, inverse: str):
    r, s = words.relation_from_name(relation), words.relation_from_name(inverse)
    assert r is not None
    assert s is not None
    assert words.inverse_relation(r) == s
    assert words.inverse_relation(s) == r


@pytest.mark.parametrize(
    ("name", "room_type"),
    [
        ("LivingRoom", 0),
        ("living room", 0),
        ("LIVING_ROOM", 0),
        ("wall in", 12),
        ("Wall-in", 12),
        ("bath-room", 3),
        ("Bath", None),
        ("", None),
    ],
)
def test_room_types_are_found_whatever_their_spelling(name: str, room_type: int | None):
    assert words.room_type_from_name(name) == room_type


def test_ends_are_the_rooms_of_every_position():
    v = Vocabulary(4)
    for i in range(4):
        assert v.ends[i].tolist() == [i, i]
        for j in range(i + 1, 4):
            assert v.ends[4 + v.edge_index(i, j)].tolist() == [i, j]


def test_every_name_is_found_and_means_one_thing():
    assert [words.room_type_from_name(n) for n in words.ROOM_TYPES] == list(range(13))
    assert [words.relation_from_name(n) for n in words.RELATIONS] == list(range(10))
    assert words.relation_from_name("Left Above") == 0
    assert words.relation_from_name("beside") is None


@pytest.mark.parametrize("n_max", N_MAX)
def test_layout_is_the_upper_triangle_row_by_row(n_max: int):
    vocabulary = Vocabulary(n_max)
    rows, cols = np.triu_indices(n_max, 1)
    np.testing.assert_array_equal(vocabulary.edge_rows, rows)
    np.testing.assert_array_equal(vocabulary.edge_cols, cols)
    assert vocabulary.num_edges == len(rows)
    assert vocabulary.length == n_max + len(rows)
    slots = [vocabulary.edge_index(int(i), int(j)) for i, j in zip(rows, cols, strict=True)]
    assert slots == list(range(len(rows)))
    assert vocabulary.is_node.sum() == n_max
    assert vocabulary.is_node[:n_max].all()


@pytest.mark.parametrize("n_max", N_MAX)
def test_a_position_is_real_exactly_if_its_rooms_exist(n_max: int):
    vocabulary = Vocabulary(n_max)
    for n in range(n_max + 1):
        expected = [k < n for k in range(n_max)]
        expected += [i < n and j < n for i in range(n_max) for j in range(i + 1, n_max)]
        np.testing.assert_array_equal(vocabulary.real_mask(n), expected)
        np.testing.assert_array_equal(vocabulary.real_positions(n), np.flatnonzero(expected))
        assert vocabulary.num_real(n) == sum(expected)


def test_real_mask_takes_arrays_of_any_shape():
    vocabulary = Vocabulary(5)
    counts = np.array([[1, 5], [3, 2]])
    mask = vocabulary.real_mask(counts)
    assert mask.shape == (2, 2, 15)
    np.testing.assert_array_equal(mask.sum(axis=-1), vocabulary.num_real(counts))


def test_special_rows():
    vocabulary = Vocabulary(3)
    assert vocabulary.mask_row.tolist() == [13, 13, 13, 11, 11, 11]
    assert vocabulary.pad_row.tolist() == [14, 14, 14, 12, 12, 12]
    assert vocabulary.mask_row.dtype == vocabulary.pad_row.dtype == np.uint8


def test_arrays_cannot_be_changed_by_accident():
    vocabulary = Vocabulary(4)
    for array in (
        vocabulary.edge_rows,
        vocabulary.edge_cols,
        vocabulary.is_node,
        vocabulary.mask_row,
        vocabulary.pad_row,
        vocabulary.real_positions(3),
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("n_max", [0, -1, LARGEST_N_MAX + 1])
def test_impossible_sizes_are_refused(n_max: int):
    with pytest.raises(ValueError, match="n_max must be between"):
        Vocabulary(n_max)


@pytest.mark.parametrize("pair", [(0, 0), (2, 1), (-1, 2), (0, 4)])
def test_an_edge_needs_two_rooms_in_order(pair: tuple[int, int]):
    with pytest.raises(ValueError, match="0 <= i < j < 4"):
        Vocabulary(4).edge_index(*pair)
