"""Models are read back by ifcopenshell, which checks them against the schema."""

import sys
from pathlib import Path

import pytest
import shapely

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.exchange.exports.ifc import DOOR_HEIGHT, STOREY, write_ifc
from bd_gen.system.errors import InputError

from .cases import flat, furnished

ifcopenshell = pytest.importorskip("ifcopenshell")


def read_back(path: Path, plan: LaidOut, scale: float = 0.1):
    write_ifc(path, plan, scale)
    return ifcopenshell.open(path)


def faults(model, express_rules: bool = False) -> list:
    from ifcopenshell import validate

    log = validate.json_logger()
    validate.validate(model, log, express_rules=express_rules)
    return log.statements


def profile(product) -> shapely.Polygon:
    (solid,) = product.Representation.Representations[0].Items
    assert solid.is_a("IfcExtrudedAreaSolid")
    area = solid.SweptArea
    holes = getattr(area, "InnerCurves", ())
    rings = [[p.Coordinates for p in curve.Points] for curve in (area.OuterCurve, *holes)]
    return shapely.Polygon(rings[0], rings[1:])


def test_spaces_walls_doors_and_windows_stand_on_one_storey(tmp_path: Path) -> None:
    model = read_back(tmp_path / "x.ifc", furnished("h"))
    assert model.schema == "IFC4"
    assert faults(model) == []
    (storey,) = model.by_type("IfcBuildingStorey")
    living, bath = model.by_type("IfcSpace")
    assert {space.Decomposes[0].RelatingObject for space in (living, bath)} == {storey}
    assert (living.LongName, living.ObjectType) == ("Wohnküche", "LivingRoom")
    assert profile(living).area == pytest.approx(64)
    assert profile(bath).bounds == pytest.approx((6, 0, 10, 4))
    (quantities,) = (r.RelatingPropertyDefinition for r in living.IsDefinedBy)
    sizes = {one.Name: one[3] for one in quantities.Quantities}
    assert sizes["GrossFloorArea"] == pytest.approx(64)
    assert sizes["GrossPerimeter"] == pytest.approx(36)
    assert sizes["Height"] == STOREY
    (door,) = model.by_type("IfcDoor")
    assert (door.OverallWidth, door.OverallHeight) == pytest.approx((1.2, DOOR_HEIGHT))
    (window,) = model.by_type("IfcWindow")
    for element in (door, window, *model.by_type("IfcWall")):
        assert element.ContainedInStructure[0].RelatingStructure == storey
    # the passage is a gap without a door; those of the others are filled
    gaps = model.by_type("IfcOpeningElement")
    assert len(gaps) == 3
    assert {f.RelatedBuildingElement for f in model.by_type("IfcRelFillsElement")} == {door, window}
    for gap in gaps:
        (voids,) = gap.VoidsElements
        assert profile(voids.RelatingBuildingElement).intersects(profile(gap))


def test_walls_are_straight_pieces_that_do_not_overlap(tmp_path: Path) -> None:
    model = read_back(tmp_path / "x.ifc", furnished("h"))
    walls = [profile(wall) for wall in model.by_type("IfcWall")]
    assert len(walls) == 6, "four around, two beside the bathroom"
    spaces = shapely.union_all([profile(space) for space in model.by_type("IfcSpace")])
    around = spaces.buffer(0.2, join_style="mitre").area - spaces.area
    # of the inner walls of 0.1 m half lies in each space
    assert sum(wall.area for wall in walls) == pytest.approx(around + 0.1 * 8, abs=0.02)
    assert shapely.union_all(walls).area == pytest.approx(sum(wall.area for wall in walls))
    outer = [p for p in model.by_type("IfcPropertySet") if p.Name == "Pset_WallCommon"]
    are_outer = [p.HasProperties[0].NominalValue.wrappedValue for p in outer]
    assert sorted(are_outer) == [False, False, True, True, True, True]


def test_north_and_ids(tmp_path: Path) -> None:
    model = read_back(tmp_path / "x.ifc", furnished("h"))
    (context,) = model.by_type("IfcGeometricRepresentationContext", include_subtypes=False)
    assert context.TrueNorth.DirectionRatios == pytest.approx((0.5, 0.75**0.5))
    ids = [root.GlobalId for root in model.by_type("IfcRoot")]
    assert len(set(ids)) == len(ids)
    write_ifc(tmp_path / "y.ifc", furnished("h"), 0.1)
    assert (tmp_path / "x.ifc").read_bytes() == (tmp_path / "y.ifc").read_bytes()


def test_boxes_alone_and_a_covered_room(tmp_path: Path) -> None:
    assert faults(read_back(tmp_path / "a.ifc", flat())) == []
    covered = LaidOut("c", Diagram((0, 2)), [[0, 0, 50, 50], [0, 0, 50, 50]])
    model = read_back(tmp_path / "b.ifc", covered)
    assert faults(model) == []
    assert len(model.by_type("IfcSpace")) == 1
    line = LaidOut("x", Diagram((0,)), [[5, 5, 5, 90]])
    assert faults(read_back(tmp_path / "c.ifc", line)) == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_all_rules_of_the_schema_hold(tmp_path: Path) -> None:
    assert faults(read_back(tmp_path / "x.ifc", furnished()), express_rules=True) == []


def test_what_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="x: an IFC model needs boxes"):
        write_ifc(tmp_path / "x.ifc", LaidOut("x", Diagram((0,))))
    with pytest.raises(InputError, match="metres per pixel"):
        write_ifc(tmp_path / "x.ifc", flat(), scale=0)
    monkeypatch.setitem(sys.modules, "ifcopenshell", None)
    with pytest.raises(InputError, match=r"pip install .bd-gen\[bim\]"):
        write_ifc(tmp_path / "x.ifc", flat())
    assert not list(tmp_path.iterdir())
