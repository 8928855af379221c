"""What a camera of known pose would show: a picture painted from the pose, and control points that are true."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from shapely import Point

from spatial.cameras.locating import ground_points
from spatial.cameras.resection import parameters_of, projected
from spatial.cameras.values import Optics, Pose
from spatial.frames import SiteFrame

WIDTH, HEIGHT = 1280, 720
#: Metres of a square on the painted ground.
SQUARE_M = 4.0
SKY, DARK, LIGHT, HAZE = (176, 203, 224), (118, 112, 98), (146, 139, 122), (160, 175, 185)
#: Near and far, left and right; then between them.
PIXELS = [(170, 640), (1110, 610), (260, 300), (1030, 290), (640, 430), (420, 560), (880, 480), (690, 270)]


@dataclass(frozen=True, kw_only=True)
class Truth:
    """A camera as it really stands, which its register knows only roughly."""

    pose: Pose
    optics: Optics
    frame: SiteFrame

    def place(self, pixel: tuple[float, float]) -> tuple[float, float]:
        """The ground at a pixel, longitude and latitude."""
        x, y = ground_points(self.pose, self.optics, np.array([pixel], float), 0.0)[0][0]
        lon, lat = self.frame.unproject(x, y)
        return float(lon), float(lat)

    def pixel(self, lon: float, lat: float, z: float = 0.0) -> tuple[float, float]:
        """Where a place is in the picture."""
        x, y = self.frame.project(lon, lat)
        found, _ = projected(parameters_of(self.pose, self.optics), WIDTH, HEIGHT, np.array([[float(x), float(y), z]]))
        return float(found[0, 0]), float(found[0, 1])

    def points(self, count: int = 8) -> list[dict[str, Any]]:
        """Control points as the API takes them."""
        return [{"u_px": u, "v_px": v, "location": list(self.place((u, v)))} for u, v in PIXELS[:count]]

    def picture(self) -> bytes:
        """A yard of squares under a sky; a white cross where every control point lies."""
        columns, rows = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
        ground, depth = ground_points(self.pose, self.optics, np.column_stack([columns.ravel(), rows.ravel()]), 0.0)
        image = Image.fromarray(self._shaded(ground, depth).reshape(HEIGHT, WIDTH, 3).astype(np.uint8))
        draw = ImageDraw.Draw(image)
        for u, v in PIXELS:
            draw.line([(u - 6, v), (u + 6, v)], fill="white", width=2)
            draw.line([(u, v - 6), (u, v + 6)], fill="white", width=2)
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        return buffer.getvalue()

    def _shaded(self, ground: NDArray[np.float64], depth: NDArray[np.float64]) -> NDArray[np.float64]:
        seen = depth > 0
        safe = np.where(seen[:, None], ground, 0.0)
        checks = (np.floor(safe / SQUARE_M).sum(axis=1) % 2)[:, None]
        near = np.clip(1 - np.where(seen, depth, 1e3) / 140, 0, 1)[:, None]
        colour = np.where(checks == 0, np.array(DARK, float), np.array(LIGHT, float))
        return np.where(seen[:, None], near * colour + (1 - near) * np.array(HAZE, float), np.array(SKY, float))


def truth_about(registered: dict[str, Any], origin: tuple[float, float]) -> Truth:
    """The truth of a camera as the API tells it, on a site whose frame has this origin."""
    pose = registered["pose"]
    names = ("height_m", "azimuth_deg", "tilt_deg", "hfov_deg", "range_m")
    return truth_of(SiteFrame(*origin), Point(pose["location"]), **{name: pose[name] for name in names})


def truth_of(
    frame: SiteFrame, location: Point, *, height_m: float, azimuth_deg: float, tilt_deg: float, hfov_deg: float, range_m: float
) -> Truth:
    """A camera that stands some decimetres and degrees from what its register says, with a lens that bends."""
    place = frame.to_local(location)
    stands = Pose(
        x_m=place.x + 0.6,
        y_m=place.y - 0.4,
        z_m=height_m + 0.2,
        azimuth_deg=azimuth_deg + 3.5,
        tilt_deg=tilt_deg - 4.0,
        roll_deg=0.7,
    )
    hfov = hfov_deg + 1.0
    vfov = float(2 * np.degrees(np.arctan(np.tan(np.radians(hfov) / 2) * HEIGHT / WIDTH)))
    optics = Optics(hfov_deg=hfov, vfov_deg=vfov, width_px=WIDTH, height_px=HEIGHT, k1=-0.12, k2=0.02, range_max_m=range_m)
    return Truth(pose=stands, optics=optics, frame=frame)
