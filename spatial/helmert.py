"""Local grids: a site's own plane coordinates tied to a national plane by control points (4-parameter Helmert)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spatial.errors import ControlPointsDegenerate, ControlPointsTooFew

Floats = NDArray[np.float64]
#: With fewer points the residuals prove nothing.
POINTS_THAT_PROVE = 3


@dataclass(frozen=True, kw_only=True)
class HelmertGrid:
    """x' = a·x − b·y + tx, y' = b·x + a·y + ty: one scale, one rotation, one shift."""

    a: float
    b: float
    tx_m: float
    ty_m: float
    #: EPSG code of the plane the grid is tied to.
    plane_srid: int
    #: Distance of each control point from where the fit puts it, metres.
    residuals_m: tuple[float, ...]

    @property
    def scale(self) -> float:
        """Length in the plane per length in the grid; far from 1 means wrong points."""
        return float(np.hypot(self.a, self.b))

    @property
    def rotation_deg(self) -> float:
        """Rotation of the grid's axes, counter-clockwise."""
        return float(np.degrees(np.arctan2(self.b, self.a)))

    @property
    def proven(self) -> bool:
        """Are there points enough for the residuals to mean something?"""
        return len(self.residuals_m) >= POINTS_THAT_PROVE

    def to_plane(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Grid coordinates as plane coordinates (east, north), metres."""
        u, v = np.asarray(x, float), np.asarray(y, float)
        return self.a * u - self.b * v + self.tx_m, self.b * u + self.a * v + self.ty_m

    def from_plane(self, east: ArrayLike, north: ArrayLike) -> tuple[Floats, Floats]:
        """Plane coordinates as grid coordinates."""
        u, v = np.asarray(east, float) - self.tx_m, np.asarray(north, float) - self.ty_m
        square = self.a**2 + self.b**2
        return (self.a * u + self.b * v) / square, (self.a * v - self.b * u) / square


def fit_helmert(local_xy: ArrayLike, plane_xy: ArrayLike, *, plane_srid: int = 4549) -> HelmertGrid:
    """Least-squares fit of ``local_xy`` onto ``plane_xy``, both of shape (n, 2) in metres, n ≥ 2."""
    local, plane = np.asarray(local_xy, float), np.asarray(plane_xy, float)
    if len(local) < 2 or local.shape != plane.shape:
        raise ControlPointsTooFew(count=len(local))
    centre_local, centre_plane = local.mean(axis=0), plane.mean(axis=0)
    u, v = (local - centre_local).T
    e, n = (plane - centre_plane).T
    square = float((u**2 + v**2).sum())
    if square < 1e-6:
        raise ControlPointsDegenerate
    a, b = float((u * e + v * n).sum() / square), float((u * n - v * e).sum() / square)
    tx = centre_plane[0] - a * centre_local[0] + b * centre_local[1]
    ty = centre_plane[1] - b * centre_local[0] - a * centre_local[1]
    fitted = np.column_stack((a * local[:, 0] - b * local[:, 1] + tx, b * local[:, 0] + a * local[:, 1] + ty))
    residuals = np.hypot(*(fitted - plane).T)
    return HelmertGrid(a=a, b=b, tx_m=float(tx), ty_m=float(ty), plane_srid=plane_srid, residuals_m=tuple(map(float, residuals)))
