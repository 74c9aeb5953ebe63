from pathlib import Path

import pytest

from bd_gen.data.labels import read_labels
from bd_gen.diagrams.names import RoomLabels
from bd_gen.system.errors import InputError


@pytest.mark.parametrize("label", ["living room", "Living-Room", "LIVING_ROOM", "livingroom"])
def test_case_blanks_hyphens_and_underscores_do_not_count(label: str) -> None:
    assert RoomLabels().find(label) == 0


def test_a_mapping_goes_before_the_built_in_names(tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    path.write_text('{"Salon": "living room", "Küche": "Kitchen", "Kitchen": "DiningRoom"}')
    labels = read_labels(path)
    assert [labels.find(x) for x in ("salon", "KÜCHE", "kitchen", "Bathroom", "Sauna")] == [
        0, 2, 4, 3, None,
    ]  # fmt: skip
    assert labels.find("Sauna") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "JSON object of labels"),
        ("[]", "expected a JSON object"),
        ('"Salon"', "expected a JSON object"),
        ('{"Salon": "Saloon"}', r"'Salon': expected one of LivingRoom, .* got 'Saloon'"),
        ('{"Salon": 3}', "'Salon': expected one of"),
        (
            '{"Salon": null}',
            "'Salon': null; a room cannot be left out, map its label to a room type",
        ),
        ('{"Salon": {"a": 1}}', "'Salon': expected one of"),
        ('{"Bad": "Bathroom", "bad": "Kitchen"}', "'bad': given twice"),
        ("[" * 100_000, "JSON object of labels"),
        (" " * (1 << 20) + "{}", "under 1 MB"),
    ],
)
def test_a_bad_mapping_is_one_clear_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    path.write_text(text)
    with pytest.raises(InputError, match=said) as caught:
        read_labels(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_or_binary_mapping(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_labels(tmp_path / "none")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="JSON object of labels"):
        read_labels(tmp_path / "binary")
