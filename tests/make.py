"""Plain functions that make what tests need, through the product's own use cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from shapely import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from access.credit_code import credit_code_check
from access.grants import NewGrant, give_grant
from access.models import UserAccount
from access.users import NewUser, add_account
from access.viewers import viewer_of_user
from foundation.database import Database
from foundation.settings import Settings
from foundation.viewer import SYSTEM, Viewer
from foundation.work import Work, work
from sites.districts import DistrictOutline, store_district
from sites.opening import OpeningForm, Party, approve_opening, open_site, submit_opening
from sites.plots import DrawnFeature
from sites.plotting import PlotToSave, review_plot, save_plot, submit_plot
from sites.queries import site_of
from sites.states import ParticipantRole, SiteType, Specialty
from spatial.crs import SourceCrs, geometry_to_storage
from spatial.geojson import to_geojson
from spatial.plan_layers import PlanLayer

PASSWORD = "Kranich-2026-Ufer"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
#: GF-1: 200 m × 120 m in EPSG:4549.
GF1 = box(640000, 3457000, 640200, 3457120)
PUDONG = DistrictOutline(
    code="310115", name_zh="浦东新区", name_en="Pudong", outline=box(121.45, 30.9, 121.95, 31.4), schematic=True
)
XUHUI = DistrictOutline(code="310104", name_zh="徐汇区", name_en="Xuhui", outline=box(121.0, 30.9, 121.45, 31.4), schematic=True)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who can sign in."""

    user_id: int
    login: str


def credit_code(number: int) -> str:
    """A valid synthetic credit code."""
    first = f"91310000MA{number:07d}"
    return first + credit_code_check(first)


def plane(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry in EPSG:4549 metres as stored."""
    return geometry_to_storage(geometry, SourceCrs.EPSG4549)


def rectangle(east_m: float = 0, north_m: float = 0, width_m: float = 200, height_m: float = 120) -> Polygon:
    """A rectangle beside GF-1, stored."""
    return plane(box(640000 + east_m, 3457000 + north_m, 640000 + east_m + width_m, 3457000 + north_m + height_m))


def feature(layer: PlanLayer, geometry: BaseGeometry, name: str = "", **attributes: Any) -> DrawnFeature:
    """A drawn feature with a key of its own."""
    return DrawnFeature(key=uuid4(), layer=layer, name=name, attributes=attributes, geometry=geometry)


def complete_plot(boundary: Polygon | None = None, east_m: float = 0, north_m: float = 0) -> list[DrawnFeature]:
    """A plot of a waterway site with all it needs: boundary, gate, water edge."""
    return [
        feature(PlanLayer.BOUNDARY, boundary or rectangle(east_m, north_m)),
        feature(PlanLayer.GATE, plane(Point(640000 + east_m, 3457060 + north_m)), "1号门"),
        feature(
            PlanLayer.WATER_EDGE, plane(LineString([(640020 + east_m, 3457010 + north_m), (640180 + east_m, 3457010 + north_m)]))
        ),
    ]


def as_json(features: Sequence[DrawnFeature]) -> list[dict[str, Any]]:
    """Features as a request carries them."""
    return [
        {
            "type": "Feature",
            "id": str(one.key),
            "geometry": to_geojson(one.geometry, 10),
            "properties": {"layer": one.layer.value, "name": one.name, "attributes": dict(one.attributes)},
        }
        for one in features
    ]


@dataclass
class City:
    """Two districts and what tests put into them."""

    database: Database
    settings: Settings
    count: int = 0
    people: dict[str, Person] = field(default_factory=dict)

    @contextmanager
    def work(self, person: Person | None = None, now: datetime = NOW) -> Iterator[Work]:
        """A unit of work as a person, or as the system."""
        with work(self.database, self.viewer(person) if person else SYSTEM, now=now) as unit:
            yield unit

    def viewer(self, person: Person) -> Viewer:
        """The viewer a person is now."""
        with work(self.database, SYSTEM) as unit:
            return viewer_of_user(unit, unit.session.get_one(UserAccount, person.user_id))

    def found(self) -> None:
        """The two districts."""
        with self.work() as unit:
            store_district(unit, PUDONG)
            store_district(unit, XUHUI)

    def person(self, *roles: str, organisation_id: int | None = None) -> Person:
        """Somebody new with these roles, who has changed the first password."""
        self.count += 1
        login = f"person{self.count}"
        new = NewUser(
            login=login, name=f"人员{self.count}", organisation_id=organisation_id, roles=frozenset(roles), password=PASSWORD
        )
        with self.work() as unit:
            made = add_account(unit, new, self.settings.security)
            made.user.must_change_password = False
        return Person(user_id=made.user.id, login=login)

    def grant(self, person: Person, **grant: Any) -> None:
        """Give somebody a part of the city."""
        with self.work() as unit:
            give_grant(unit, person.user_id, NewGrant(**grant))

    def officer(self, district: str | None = None) -> Person:
        """A station officer of a district, or of the whole city."""
        officer = self.person("station_officer")
        self.grant(officer, kind="district", district_code=district) if district else self.grant(officer, kind="city")
        return officer

    def form(self, name: str = "龙华港航道整治工程", location: Point | None = None, **changes: Any) -> OpeningForm:
        """An opening that can be approved."""
        self.count += 1
        number = self.count * 10
        given: dict[str, Any] = {
            "project_name": f"{name}项目",
            "specialty": Specialty.METRO,
            "invest_code": None,
            "planned_from": date(2026, 1, 1),
            "planned_to": date(2028, 12, 31),
            "alignment": None,
            "width_m": None,
            "site_name": name,
            "address": "上海市徐汇区龙腾大道1号",
            "site_type": SiteType.WATERWAY,
            "registered_area_m2": 24_000.0,
            "location": location or plane(Point(640100, 3457060)),
            "outline": None,
            "parties": [
                Party(credit_code=credit_code(number + i), name=f"{word}公司{number}", role=role, leader_name="张三")
                for i, (role, word) in enumerate(
                    [
                        (ParticipantRole.OWNER, "建设"),
                        (ParticipantRole.CONTRACTOR, "施工"),
                        (ParticipantRole.SUPERVISING_ENGINEER, "监理"),
                    ]
                )
            ],
        }
        return OpeningForm(**(given | changes))

    def site(self, name: str = "龙华港航道整治工程", east_m: float = 0, north_m: float = 0, **changes: Any) -> int:
        """An approved site whose registered location is in the middle of the rectangle at this offset from GF-1."""
        location = plane(Point(640100 + east_m, 3457060 + north_m))
        with self.work() as unit:
            filed = open_site(unit, self.form(name, location, **changes))
            site_id = filed.site.id
        with self.work() as unit:
            submit_opening(unit, site_id, site_of(unit, site_id).version)
        with self.work() as unit:
            approve_opening(unit, site_id, site_of(unit, site_id).version, security=self.settings.security)
        return site_id

    def plotted_site(self, name: str = "龙华港航道整治工程", east_m: float = 0, north_m: float = 0, **changes: Any) -> int:
        """A site whose plot is accepted."""
        site_id = self.site(name, east_m, north_m, **changes)
        self.plot(site_id, complete_plot(east_m=east_m, north_m=north_m))
        return site_id

    def plot(self, site_id: int, features: Sequence[DrawnFeature], now: datetime = NOW) -> int:
        """Save, submit and accept a plot; returns its number."""
        with self.work(now=now) as unit:
            base = site_of(unit, site_id).plot_number
            saved = save_plot(
                unit,
                site_id,
                PlotToSave(features=features, base_number=base, remark_reasons={f"P{n:02d}": "已核实" for n in range(18)}),
            )
            number = saved.version.number
        with self.work(now=now) as unit:
            submit_plot(unit, site_id, number)
        with work(self.database, Viewer(user_id=None, name="reviewer", system=True), now=now) as unit:
            unit.session.connection()
            _accept(unit, site_id, number)
        return number


def _accept(unit: Work, site_id: int, number: int) -> None:
    from sites.plots import version_of

    version_of(unit, site_id, number).created_by = 0
    review_plot(unit, site_id, number, accept=True, opinion="同意")
