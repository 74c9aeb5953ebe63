import pytest
import shapely

from bd_gen.data.sources.resplan.wkb import check_wkb

SQUARE = shapely.box(0, 0, 1, 1)
RING = shapely.Polygon([(0, 0, 1), (9, 0, 1), (9, 9, 1)])
SHAPES = (
    SQUARE, RING, shapely.Polygon(), shapely.Point(), shapely.Point(1, 2),
    shapely.LineString([(0, 0), (1, 1)]), shapely.MultiPolygon([SQUARE, shapely.box(2, 2, 3, 3)]),
    SQUARE.difference(shapely.box(0.2, 0.2, 0.4, 0.4)),
    shapely.GeometryCollection([shapely.MultiPoint([(0, 0), (1, 1)]), SQUARE]),
)  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("flavor", ["iso", "extended"])
@pytest.mark.parametrize("byte_order", [0, 1])
def test_geometries_of_plans_are_let_through(
    shape: shapely.Geometry, flavor: str, byte_order: int
) -> None:
    wkb = shapely.to_wkb(shape, flavor=flavor, byte_order=byte_order)
    check_wkb(wkb)
    if flavor == "extended":
        check_wkb(shapely.to_wkb(shapely.set_srid(shape, 4326), include_srid=True))
    if not shape.is_empty:
        with pytest.raises(ValueError, match="ends too early"):
            check_wkb(wkb[:-9])


def test_what_would_end_the_process_or_means_nothing_is_refused() -> None:
    head = b"\x01\x07\0\0\0\x01\0\0\0"
    check_wkb(head * 2 + shapely.to_wkb(SQUARE))
    with pytest.raises(ValueError, match="nested too deeply"):
        check_wkb(head * 4 + shapely.to_wkb(SQUARE))
    with pytest.raises(ValueError, match="kind 16"):
        check_wkb(b"\x01\x10\0\0\0\0\0\0\0")
    with pytest.raises(ValueError, match="kind 3"):
        check_wkb(b"\x01" + (9003).to_bytes(4, "little") + b"\0" * 9)
    with pytest.raises(ValueError, match="no number"):
        check_wkb(shapely.to_wkb(shapely.LineString([(0, 0), (float("inf"), 1)])))
    for wkb in (b"", b"\x01", head):
        with pytest.raises(ValueError, match="ends too early"):
            check_wkb(wkb)
