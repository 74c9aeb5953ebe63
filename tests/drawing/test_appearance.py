"""Colours that colour-blind readers can tell apart, and labels that can be read on them."""

import numpy as np
import pytest
from tests.rplan import NUM_ROOM_TYPES, TYPICAL_AREAS

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.drawing.appearance import bubble_radii, room_colours, short_names, text_colours
from bd_gen.drawing.panel import EM
from bd_gen.drawing.wording import text_width

# Machado, Oliveira and Fernandes 2009, severity 1, for linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear(colours: tuple[str, ...]) -> np.ndarray:
    rgb = np.array([[int(c[k : k + 2], 16) / 255 for k in (1, 3, 5)] for c in colours])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def cielab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = rgb @ to_xyz.T / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def test_the_conversion_to_cielab():
    np.testing.assert_allclose(cielab(linear(("#FFFFFF",)))[0], [100, 0, 0], atol=0.1)
    np.testing.assert_allclose(cielab(linear(("#FF0000",)))[0], [53.2, 80.1, 67.2], atol=0.2)


@pytest.mark.parametrize("vision", VISION)
def test_any_two_types_differ(vision: str):
    seen = np.clip(linear(room_colours(RPLAN)) @ VISION[vision].T, 0, 1)
    lab = cielab(seen)
    distance = np.linalg.norm(lab[:, None] - lab, axis=-1)
    assert distance[np.triu_indices(NUM_ROOM_TYPES, 1)].min() >= 13


def test_labels_stand_out_from_their_bubbles():
    weights = np.array([0.2126, 0.7152, 0.0722])
    fill, text = linear(room_colours(RPLAN)) @ weights, linear(text_colours(RPLAN)) @ weights
    contrast = (np.maximum(fill, text) + 0.05) / (np.minimum(fill, text) + 0.05)
    assert contrast.min() >= 4.5


def test_labels_fit_into_their_bubbles():
    for name, radius in zip(short_names(RPLAN), bubble_radii(RPLAN), strict=True):
        assert text_width(name) * EM <= 0.95 * 2 * radius, name
    assert len(set(short_names(RPLAN))) == NUM_ROOM_TYPES


def test_larger_rooms_have_larger_bubbles():
    order = np.argsort(TYPICAL_AREAS)
    assert (np.diff(bubble_radii(RPLAN)[order]) >= 0).all()
    assert bubble_radii(RPLAN).max() == bubble_radii(RPLAN)[0] == 1
