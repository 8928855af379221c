"""The map of a site in its own frame, as SVG in millimetres: what stands there, what is seen, what is not, and why.

Hatching is drawn as lines cut to the gap, not as a pattern fill: it prints the same everywhere, and each cause has an angle of
its own, so that it can be told on a black-and-white copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, hypot, log10, radians, sin

import shapely
from shapely import MultiLineString, Point, affinity, box
from shapely.geometry.base import BaseGeometry

from coverage.reports.markup import Markup, join, tag
from coverage.reports.values import CameraLine, GapLine, SiteContents
from coverage.states import GapCause, Measure
from sites.states import Connectivity
from spatial.frames import SiteFrame, site_frame, whole

WIDTH_MM, HIGHEST_MM, LOWEST_MM = 178.0, 132.0, 70.0
#: Ground around the site that is shown, share of its longer side, and the least that is shown across, metres.
MARGIN, LEAST_M = 0.07, 40.0
#: So many gaps get their number on the map.
NUMBERED = 12
#: Cause → colour, angles of its hatching in degrees, distance of its lines in millimetres.
HATCHES: dict[GapCause, tuple[str, tuple[float, ...], float]] = {
    GapCause.TAG_MISSING: ("#6a3fb4", (0.0,), 1.3),
    GapCause.OFFLINE: ("#3d4955", (90.0,), 1.3),
    GapCause.DENSITY_LOW: ("#9a5f00", (45.0,), 1.7),
    GapCause.OCCLUDED: ("#5f3d1c", (45.0, 135.0), 2.2),
    GapCause.OUT_OF_VIEW: ("#0b7461", (135.0,), 1.7),
    GapCause.OUT_OF_RANGE: ("#b3151f", (20.0,), 1.2),
}
BOUNDARY, SEEN, INK, PLAN = "#b3151f", "#1b5fa8", "#16212c", "#8794a0"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Where the ground lies on the paper."""

    frame: SiteFrame
    west_m: float
    north_m: float
    mm_per_m: float
    height_mm: float

    def on_paper(self, stored: BaseGeometry) -> BaseGeometry:
        """A stored geometry in millimetres of the sheet, y down."""
        local = whole(self.frame.to_local(stored))
        k = self.mm_per_m
        return affinity.affine_transform(local, [k, 0, 0, -k, -self.west_m * k, self.north_m * k])

    @property
    def paper(self) -> BaseGeometry:
        """The sheet itself."""
        return box(0, 0, WIDTH_MM, self.height_mm)


def site_map(site: SiteContents, north: str) -> Markup:
    """The map of a site. ``north`` is the letter over the arrow."""
    sheet = sheet_of(site)
    mandatory = [gap for gap in site.gaps if gap.mandatory] or list(site.gaps)
    parts = [
        tag("rect", x=0, y=0, width=WIDTH_MM, height=_n(sheet.height_mm), fill="#f4f6f8"),
        _boundary(site, sheet),
        [_plan(one.shape, sheet) for one in site.plan],
        [_footprint(one, sheet) for one in site.cameras],
        [_scene(one.shape, sheet) for one in site.scenes],
        _gaps(mandatory, sheet),
        _boundary_line(site, sheet),
        [_camera(one, sheet) for one in site.cameras if one.at is not None],
        [_number(one, sheet) for one in mandatory[:NUMBERED]],
        _north_arrow(north),
        _scale_bar(sheet),
        tag(
            "rect",
            x=0.1,
            y=0.1,
            width=WIDTH_MM - 0.2,
            height=_n(sheet.height_mm - 0.2),
            fill="none",
            stroke=INK,
            stroke_width=0.2,
        ),
    ]
    return tag(
        "svg",
        parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH_MM} {_n(sheet.height_mm)}",
        width=f"{WIDTH_MM}mm",
        height=f"{_n(sheet.height_mm)}mm",
    )


def swatch(cause: GapCause) -> Markup:
    """A cause as the legend shows it."""
    return _swatch(_hatched(box(0.2, 0.2, 7.8, 3.8), cause))


def other_swatches() -> dict[str, Markup]:
    """What else the legend explains, by the word's key."""
    line = {"x1": 0.2, "y1": 2, "x2": 7.8, "y2": 2}
    sheet_camera = join(_camera_sign(2.6, 2.0, 90.0, online=True))
    return {
        "boundary": _swatch(tag("line", **line, stroke=BOUNDARY, stroke_width=0.6)),
        "scene": _swatch(tag("line", **line, stroke=INK, stroke_width=0.25, stroke_dasharray="1.2 0.8")),
        "plan": _swatch(tag("rect", x=0.2, y=0.3, width=7.6, height=3.4, fill="#e3e8ed", stroke=PLAN, stroke_width=0.2)),
        "footprint": _swatch(
            tag("rect", x=0.2, y=0.3, width=7.6, height=3.4, fill=SEEN, fill_opacity=0.16, stroke=SEEN, stroke_width=0.2)
        ),
        "camera": _swatch(sheet_camera),
        "camera_offline": _swatch(_camera_sign(2.6, 2.0, 90.0, online=False)),
    }


def sheet_of(site: SiteContents) -> Sheet:
    """The sheet that holds the boundary, the scenes and the cameras."""
    shapes = [one for one in (site.boundary, *(scene.shape for scene in site.scenes)) if one is not None]
    shapes += [one.at for one in site.cameras if one.at is not None]
    shapes = shapes or [site.line.at]
    frame = site_frame(site.boundary if site.boundary is not None else site.line.at)
    west, south, east, north = shapely.union_all([frame.to_local(one).envelope for one in shapes]).bounds
    margin = max(MARGIN * max(east - west, north - south), (LEAST_M - max(east - west, north - south)) / 2, 1.0)
    wide, high = east - west + 2 * margin, north - south + 2 * margin
    height = min(HIGHEST_MM, max(LOWEST_MM, WIDTH_MM * high / wide))
    k = min(WIDTH_MM / wide, height / high)
    centre_x, centre_y = (west + east) / 2, (south + north) / 2
    return Sheet(
        frame=frame,
        west_m=centre_x - WIDTH_MM / k / 2,
        north_m=centre_y + height / k / 2,
        mm_per_m=k,
        height_mm=height,
    )


def hatching(shape: BaseGeometry, angle_deg: float, step_mm: float) -> BaseGeometry:
    """Parallel lines at an angle, cut to a shape. Lines of neighbouring shapes meet: they all count from the sheet's corner."""
    dx, dy = cos(radians(angle_deg)), -sin(radians(angle_deg))
    corners = [(x, y) for x in shape.bounds[::2] for y in shape.bounds[1::2]]
    along = [x * dx + y * dy for x, y in corners]
    across = [-x * dy + y * dx for x, y in corners]
    lines = []
    for count in range(floor(min(across) / step_mm), ceil(max(across) / step_mm) + 1):
        away = count * step_mm
        ends = [(t * dx - away * dy, t * dy + away * dx) for t in (min(along) - 1, max(along) + 1)]
        lines.append(ends)
    return MultiLineString(lines).intersection(shape)


def _swatch(inside: Markup) -> Markup:
    return tag("svg", inside, xmlns="http://www.w3.org/2000/svg", viewBox="0 0 8 4", width="8mm", height="4mm", class_="swatch")


def _boundary(site: SiteContents, sheet: Sheet) -> Markup:
    return join() if site.boundary is None else _path(sheet.on_paper(site.boundary), fill="#ffffff")


def _boundary_line(site: SiteContents, sheet: Sheet) -> Markup:
    if site.boundary is None:
        return join()
    return _path(sheet.on_paper(site.boundary), fill="none", stroke=BOUNDARY, stroke_width=0.55, stroke_linejoin="round")


def _plan(stored: BaseGeometry, sheet: Sheet) -> Markup:
    shape = sheet.on_paper(stored).intersection(sheet.paper)
    if shape.geom_type.endswith("Point"):
        return join(
            *(
                tag(
                    "rect", x=_n(p.x - 0.7), y=_n(p.y - 0.7), width=1.4, height=1.4, fill="#ffffff", stroke=PLAN, stroke_width=0.3
                )
                for p in shapely.get_parts(shape)
            )
        )
    fill = "#e3e8ed" if "Polygon" in shape.geom_type else "none"
    return _path(shape, fill=fill, stroke=PLAN, stroke_width=0.25)


def _scene(stored: BaseGeometry, sheet: Sheet) -> Markup:
    shape = sheet.on_paper(stored).intersection(sheet.paper)
    return _path(shape, fill="none", stroke=INK, stroke_width=0.25, stroke_dasharray="1.2 0.8")


def _footprint(camera: CameraLine, sheet: Sheet) -> Markup:
    if camera.footprint is None:
        return join()
    shape = sheet.on_paper(camera.footprint).intersection(sheet.paper)
    return _path(shape, fill=SEEN, fill_opacity=0.13, stroke=SEEN, stroke_width=0.2)


def _gaps(gaps: Sequence[GapLine], sheet: Sheet) -> Markup:
    """Areas of a cause are joined before they are hatched, so that elements that share a place do not print it twice."""
    drawn = []
    for cause, (colour, _, _) in HATCHES.items():
        of_cause = [gap for gap in gaps if gap.cause is cause]
        areas = [sheet.on_paper(gap.shape) for gap in of_cause if gap.measure is Measure.AREA]
        if areas:
            drawn.append(_hatched(shapely.union_all(areas).intersection(sheet.paper), cause))
        for gap in of_cause:
            shape = sheet.on_paper(gap.shape)
            if gap.measure is Measure.LENGTH:
                drawn.append(_path(shape, fill="none", stroke=colour, stroke_width=1.1, stroke_opacity=0.75))
            elif gap.measure is Measure.COUNT:
                drawn.append(join(*(_cross(point, colour) for point in shapely.get_parts(shape))))
    return join(*drawn)


def _hatched(shape: BaseGeometry, cause: GapCause) -> Markup:
    colour, angles, step_mm = HATCHES[cause]
    lines = [_path(hatching(shape, angle, step_mm), fill="none", stroke=colour, stroke_width=0.22) for angle in angles]
    return join(_path(shape, fill=colour, fill_opacity=0.07), *lines, _path(shape, fill="none", stroke=colour, stroke_width=0.25))


def _cross(point: Point, colour: str) -> Markup:
    x, y, r = point.x, point.y, 1.3
    d = f"M{_n(x - r)} {_n(y - r)}L{_n(x + r)} {_n(y + r)}M{_n(x - r)} {_n(y + r)}L{_n(x + r)} {_n(y - r)}"
    return tag("path", d=d, fill="none", stroke=colour, stroke_width=0.6)


def _camera(camera: CameraLine, sheet: Sheet) -> Markup:
    assert camera.at is not None
    point = sheet.on_paper(camera.at)
    sign = _camera_sign(point.x, point.y, camera.azimuth_deg, online=camera.connectivity is not Connectivity.OFFLINE)
    # beside the sign and away from the sheet's edge
    right = point.x < WIDTH_MM - 24
    words = {"x": _n(point.x + (2.2 if right else -2.2)), "y": _n(min(max(point.y + 3.4, 4.0), sheet.height_mm - 1.5))}
    return join(sign, _halo(camera.code, 2.5, words, anchor="start" if right else "end"))


def _camera_sign(x: float, y: float, azimuth_deg: float | None, *, online: bool) -> Markup:
    colour = SEEN if online else BOUNDARY
    dot = tag(
        "circle",
        cx=_n(x),
        cy=_n(y),
        r=1.1,
        fill=colour if online else "#ffffff",
        stroke="#ffffff" if online else colour,
        stroke_width=0.35,
    )
    if azimuth_deg is None:
        return dot
    tips = [
        (sin(radians(azimuth_deg + turn)) * r, -cos(radians(azimuth_deg + turn)) * r)
        for turn, r in ((0, 4.6), (24, 2.2), (-24, 2.2))
    ]
    d = "M" + "L".join(f"{_n(x + dx)} {_n(y + dy)}" for dx, dy in tips) + "Z"
    return join(tag("path", d=d, fill=colour, stroke="#ffffff", stroke_width=0.2), dot)


def _number(gap: GapLine, sheet: Sheet) -> Markup:
    point = sheet.on_paper(gap.at)
    colour = HATCHES[gap.cause][0]
    return join(
        tag("circle", cx=_n(point.x), cy=_n(point.y), r=2.1, fill="#ffffff", stroke=colour, stroke_width=0.35),
        tag(
            "text",
            gap.number,
            x=_n(point.x),
            y=_n(point.y + 0.95),
            font_size=2.6,
            fill=colour,
            text_anchor="middle",
            font_weight="bold",
        ),
    )


def _north_arrow(letter: str) -> Markup:
    x = WIDTH_MM - 8.5
    return join(
        tag("rect", x=_n(x - 5), y=3, width=10, height=16, fill="#ffffff", fill_opacity=0.85),
        tag("path", d=f"M{x} 8L{x - 2.6} 17.5L{x} 15.2Z", fill=INK),
        tag("path", d=f"M{x} 8L{x + 2.6} 17.5L{x} 15.2Z", fill="#ffffff", stroke=INK, stroke_width=0.25),
        tag("text", letter, x=_n(x), y=7, font_size=3.2, text_anchor="middle", font_weight="bold", fill=INK),
    )


def _scale_bar(sheet: Sheet) -> Markup:
    length_m = round_length(WIDTH_MM / sheet.mm_per_m / 4)
    length, x, y = length_m * sheet.mm_per_m, 6.0, sheet.height_mm - 5.5
    halves = [
        tag("rect", x=_n(x + i * length / 2), y=_n(y), width=_n(length / 2), height=1.2, fill=fill, stroke=INK, stroke_width=0.2)
        for i, fill in enumerate((INK, "#ffffff"))
    ]
    marks = [
        tag("text", text, x=_n(x + share * length), y=_n(y - 1), font_size=2.5, text_anchor="middle", fill=INK)
        for share, text in ((0.0, "0"), (0.5, f"{length_m / 2:g}"), (1.0, f"{length_m:g} m"))
    ]
    ground = tag("rect", x=_n(x - 3), y=_n(y - 4.4), width=_n(length + 11), height=7.6, fill="#ffffff", fill_opacity=0.85)
    return join(ground, *halves, *marks)


def round_length(metres: float) -> float:
    """The largest of 1, 2, 5 × 10ⁿ that is not longer."""
    power = 10.0 ** floor(log10(metres))
    return next(step * power for step in (5, 2, 1) if step * power <= metres)


def _halo(text: str, size_mm: float, at: dict[str, str], *, anchor: str) -> Markup:
    common = {**at, "font_size": size_mm, "text_anchor": anchor}
    return join(
        tag("text", text, **common, fill="none", stroke="#ffffff", stroke_width=0.8, stroke_linejoin="round"),
        tag("text", text, **common, fill=INK),
    )


def _path(shape: BaseGeometry, **attributes: object) -> Markup:
    d = "".join(_outline(part) for part in _simple(shape))
    return tag("path", d=d, fill_rule="evenodd", **attributes) if d else join()


def _simple(shape: BaseGeometry) -> Iterable[BaseGeometry]:
    for part in shapely.get_parts(shape):
        if hasattr(part, "geoms"):
            yield from _simple(part)
        elif not part.is_empty:
            yield part


def _outline(part: BaseGeometry) -> str:
    if part.geom_type == "Polygon":
        return "".join(_line(ring.coords, closed=True) for ring in (part.exterior, *part.interiors))
    return _line(part.coords, closed=False) if part.geom_type in {"LineString", "LinearRing"} else ""


def _line(points: Iterable[Sequence[float]], *, closed: bool) -> str:
    """Points nearer than a fiftieth of a millimetre to the last one drawn are left out: no printer shows them."""
    kept: list[tuple[float, float]] = []
    last: tuple[float, float] | None = None
    for point in points:
        last = (point[0], point[1])
        if not kept or hypot(last[0] - kept[-1][0], last[1] - kept[-1][1]) > 0.02:
            kept.append(last)
    if last is not None and len(kept) == 1:
        kept.append(last)
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in kept) + ("Z" if closed else "")


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
