"""What can be wrong with coordinates and shapes."""

from __future__ import annotations

from foundation.problems import Invalid


class NumbersNotFinite(Invalid):
    """A coordinate is not a finite number."""


class LocalGridNeedsControlPoints(Invalid):
    """Coordinates of a local grid need control points that tie it to the ground."""


class ControlPointsTooFew(Invalid):
    """At least two control points are needed, each with its place in both systems."""


class ControlPointsDegenerate(Invalid):
    """The control points all lie in one place."""


class ChainageUnreadable(Invalid):
    """A chainage looks like K3+250."""


class GeometryNotValid(Invalid):
    """The geometry is not valid GeoJSON."""

    detail = "{why}"


class CoordinatesOutOfRange(Invalid):
    """A coordinate lies outside the range of longitude and latitude."""


class TooManyVertices(Invalid):
    """The geometry has too many vertices."""

    detail = "It has {count}; at most {limit} are accepted."


class CommandImpossible(Invalid):
    """The drawing command cannot be carried out on these geometries."""

    detail = "{why}"
