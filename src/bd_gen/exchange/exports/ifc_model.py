"""The entities of an IFC4 model that a floor plan needs, with ids that follow from their names."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from shapely import Polygon

_NAMESPACE = uuid.UUID("6f0d2a5e-7a0f-5d0c-9a55-0d8c2f6e2b11")
"""Of the ids of this project: a name always gives the same one."""


class IfcModel:
    """A model with its project, units and one storey; lengths are metres.

    Attributes:
        file: the model of ifcopenshell.
        storey: where everything stands.
    """

    def __init__(self, name: str, north: float) -> None:
        """An empty model.

        Args:
            name: of the plan; ids are made of it.
            north: degrees clockwise from the y axis to north.
        """
        import ifcopenshell

        self.name = name
        self.file: Any = ifcopenshell.file(schema="IFC4")
        self._zero = self._point(0.0, 0.0, 0.0)
        self._place = self.new("IfcAxis2Placement3D", Location=self._zero)
        turn = np.radians(north)
        true_north = self.new("IfcDirection", (float(np.sin(turn)), float(np.cos(turn))))
        context = self.new(
            "IfcGeometricRepresentationContext", None, "Model", 3, 1e-5, self._place, true_north
        )
        self._body = self.new(
            "IfcGeometricRepresentationSubContext",
            ContextIdentifier="Body",
            ContextType="Model",
            ParentContext=context,
            TargetView="MODEL_VIEW",
        )
        project = self.root(
            "IfcProject",
            "project",
            Name=name,
            RepresentationContexts=[context],
            UnitsInContext=self._units(),
        )
        self.storey = self._storey(project)

    def new(self, kind: str, *values: object, **attributes: object) -> Any:
        """An entity."""
        return self.file.create_entity(kind, *values, **attributes)

    def root(self, kind: str, part: str, **attributes: object) -> Any:
        """An entity with a global id, which is made of the plan's name and that of the part."""
        import ifcopenshell.guid

        number = uuid.uuid5(_NAMESPACE, f"{self.name}/{part}")
        return self.new(kind, GlobalId=ifcopenshell.guid.compress(number.hex), **attributes)

    def _units(self) -> Any:
        names = (
            ("LENGTHUNIT", "METRE"),
            ("AREAUNIT", "SQUARE_METRE"),
            ("VOLUMEUNIT", "CUBIC_METRE"),
            ("PLANEANGLEUNIT", "RADIAN"),
        )
        units = [self.new("IfcSIUnit", UnitType=unit, Name=name) for unit, name in names]
        return self.new("IfcUnitAssignment", units)

    def _storey(self, project: Any) -> Any:
        """The storey of a building on a site."""
        parent, where = project, None
        for kind, name in (
            ("IfcSite", "Site"),
            ("IfcBuilding", "Building"),
            ("IfcBuildingStorey", "Storey"),
        ):
            where = self.placement(where)
            attributes = {"Elevation": 0.0} if kind == "IfcBuildingStorey" else {}
            part = self.root(
                kind,
                name,
                Name=name,
                ObjectPlacement=where,
                CompositionType="ELEMENT",
                **attributes,
            )
            self.aggregate(parent, [part], name)
            parent = part
        return parent

    def placement(self, within: Any) -> Any:
        """At the origin of another placement; None: of the world."""
        return self.new("IfcLocalPlacement", PlacementRelTo=within, RelativePlacement=self._place)

    def aggregate(self, whole: Any, parts: Sequence[Any], name: str) -> None:
        """Say that something is made of parts."""
        relation = {"RelatingObject": whole, "RelatedObjects": list(parts)}
        self.root("IfcRelAggregates", f"{name}/aggregates", **relation)

    def solid(self, shape: "Polygon", height: float, base: float = 0.0) -> Any:
        """The representation of an upright prism over a polygon, `base` above the floor."""
        profile = self._profile(shape)
        at = self._place
        if base:
            at = self.new("IfcAxis2Placement3D", Location=self._point(0.0, 0.0, base))
        up = self.new("IfcDirection", (0.0, 0.0, 1.0))
        prism = self.new("IfcExtrudedAreaSolid", profile, at, up, height)
        body = self.new("IfcShapeRepresentation", self._body, "Body", "SweptSolid", [prism])
        return self.new("IfcProductDefinitionShape", None, None, [body])

    def _profile(self, shape: "Polygon") -> Any:
        import shapely

        outer, *inner = (self._ring(ring.coords[:]) for ring in shapely.get_rings(shape))
        if inner:
            return self.new("IfcArbitraryProfileDefWithVoids", "AREA", None, outer, inner)
        return self.new("IfcArbitraryClosedProfileDef", "AREA", None, outer)

    def _ring(self, corners: Sequence[tuple[float, ...]]) -> Any:
        points = [self._point(float(x), float(y)) for x, y in corners[:-1]]
        return self.new("IfcPolyline", [*points, points[0]])

    def _point(self, *coordinates: float) -> Any:
        return self.new("IfcCartesianPoint", tuple(coordinates))

    def properties(self, thing: Any, name: str, part: str, **values: bool) -> None:
        """A set of properties that are true or false."""
        entries = [
            self.new("IfcPropertySingleValue", key, None, self.new("IfcBoolean", value), None)
            for key, value in values.items()
        ]
        found = self.root("IfcPropertySet", f"{part}/{name}", Name=name, HasProperties=entries)
        self._define(thing, found, f"{part}/{name}")

    def quantities(self, thing: Any, name: str, part: str, **values: float) -> None:
        """A set of lengths and areas, told apart by their names."""
        entries = [
            self.new("IfcQuantityArea", key, None, None, value, None)
            if key.endswith("Area")
            else self.new("IfcQuantityLength", key, None, None, value, None)
            for key, value in values.items()
        ]
        found = self.root("IfcElementQuantity", f"{part}/{name}", Name=name, Quantities=entries)
        self._define(thing, found, f"{part}/{name}")

    def _define(self, thing: Any, values: Any, part: str) -> None:
        relation = {"RelatedObjects": [thing], "RelatingPropertyDefinition": values}
        self.root("IfcRelDefinesByProperties", f"{part}/defines", **relation)
