"""What a report says, as frozen values: every format is made from these and reads nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shapely import Point
from shapely.geometry.base import BaseGeometry

from coverage.states import GapCause, Measure, ReportScope
from foundation.labels import Language
from sites.cameras.states import FootprintMethod
from sites.states import Connectivity


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody asked for."""

    scope: ReportScope
    site_id: int | None = None
    district_code: str | None = None
    format: str = "pdf"
    language: Language = "zh"


@dataclass(frozen=True, kw_only=True)
class About:
    """The title block."""

    title: str
    scope: ReportScope
    #: Name of the site, the district or the city.
    area: str
    language: Language
    asked_by: str
    made_at: datetime
    catalogue_number: int


@dataclass(frozen=True, kw_only=True)
class Band:
    """A share with its 5th and 95th percentile; None = unknown, which is not zero."""

    share: float | None = None
    p05: float | None = None
    p95: float | None = None


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A measured site in one line."""

    required: int
    met: int
    unknown: int
    band: Band
    cameras: int
    incomplete: int
    catalogue_number: int
    measured_at: datetime

    @property
    def unmet(self) -> int:
        """Mandatory requirements that are known not to be met."""
        return self.required - self.met - self.unknown


@dataclass(frozen=True, kw_only=True)
class RequirementLine:
    """One element in one scene."""

    scene_id: int
    scene: str
    scene_type: str
    element: str
    element_name: str
    mandatory: bool
    measure: Measure
    total: float
    covered: float
    band: Band
    #: The share on line now; None = unknown.
    live_share: float | None
    required_share: float
    met: bool | None
    cameras: tuple[str, ...]
    causes: tuple[tuple[GapCause, float], ...]
    #: Camera tags that make a camera count for the element.
    binding_tags: tuple[str, ...]
    #: The size that only cameras off line would watch.
    offline: float


@dataclass(frozen=True, kw_only=True)
class GapLine:
    """A place that is not watched, numbered from the largest."""

    number: int
    scene: str
    element: str
    element_name: str
    cause: GapCause
    mandatory: bool
    measure: Measure
    size: float
    #: Stored geometries, EPSG:4490; ``at`` lies in ``shape``.
    at: Point
    shape: BaseGeometry


@dataclass(frozen=True, kw_only=True)
class CameraLine:
    """A camera as it stands."""

    code: str
    name: str
    kind: str
    tags: tuple[str, ...]
    connectivity: Connectivity
    method: FootprintMethod
    missing: tuple[str, ...]
    azimuth_deg: float | None
    range_m: float | None
    footprint_area_m2: float | None
    at: Point | None
    footprint: BaseGeometry | None


@dataclass(frozen=True, kw_only=True)
class SceneLine:
    """A scene's shape."""

    name: str
    scene_type: str
    level: str
    shape: BaseGeometry


@dataclass(frozen=True, kw_only=True)
class PlanLine:
    """A feature of the plan in force."""

    layer: str
    name: str
    shape: BaseGeometry


@dataclass(frozen=True, kw_only=True)
class SiteLine:
    """A site of a district or of the city; without a summary it was never measured: unknown."""

    site_id: int
    code: str | None
    name: str
    at: Point
    summary: Summary | None


@dataclass(frozen=True, kw_only=True)
class GainLine:
    """What a pose adds to a requirement."""

    scene: str
    element_name: str
    before: float
    after: float


@dataclass(frozen=True, kw_only=True)
class PoseLine:
    """A camera to be turned (``camera`` names it), or to be put up."""

    camera: str | None
    at: Point | None
    height_m: float | None
    azimuth_deg: float | None
    tilt_deg: float | None
    hfov_deg: float | None
    tags: tuple[str, ...]
    gains: tuple[GainLine, ...]


@dataclass(frozen=True, kw_only=True)
class SiteContents:
    """Everything a report says about one site."""

    line: SiteLine
    address: str
    districts: tuple[str, ...]
    boundary: BaseGeometry | None
    plan: tuple[PlanLine, ...]
    scenes: tuple[SceneLine, ...]
    requirements: tuple[RequirementLine, ...]
    gaps: tuple[GapLine, ...]
    cameras: tuple[CameraLine, ...]
    #: Suggested poses, turns first; empty where none helps, or none was asked for.
    poses: tuple[PoseLine, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Contents:
    """A whole report. ``lines`` holds every visible site of the area, the never measured and the worst first."""

    about: About
    lines: tuple[SiteLine, ...]
    sites: tuple[SiteContents, ...]

    @property
    def measured(self) -> tuple[SiteLine, ...]:
        """The sites about which something is known, the worst first."""
        return tuple(line for line in self.lines if line.summary is not None)


@dataclass(frozen=True, kw_only=True)
class MadeFile:
    """A finished report."""

    data: bytes
    media_type: str
    #: Ending of the file's name, without the dot.
    ending: str
