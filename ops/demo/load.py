"""Writing the demo city: one transaction, bulk inserts, and nothing at all when it is there already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from geoalchemy2.shape import from_shape, to_shape
from shapely import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import Range

from access.models import Grant, Organisation, UserAccount, UserRole
from access.passwords import hash_password
from foundation.clock import SHANGHAI
from foundation.database import Database
from foundation.settings import Settings
from foundation.viewer import SYSTEM
from foundation.work import Work, work
from ops.demo.districts import schematic_districts
from ops.demo.incidents import write_year
from ops.demo.logins import DEMO_LOGINS, DemoLogin
from ops.demo.names import address, organisation_names, person_name, project_name, site_name
from ops.demo.plan import TODAY, DemoSite, demo_sites
from ops.demo.planning import show_planning
from ops.demo.watching import measure_demo, write_devices
from ops.home import OpsError
from sites.codes import PREFIX, compose_code
from sites.districts import place_all_in_districts, store_district
from sites.jurisdiction import resolve_all
from sites.models import (
    CodeSerial,
    District,
    OpeningStep,
    Participant,
    PlotFeature,
    PlotVersion,
    Project,
    Site,
)
from sites.progress import progress_of
from sites.states import OpeningState, ParticipantRole, PlottingState, SiteState, Specialty
from spatial.crs import STORAGE_SRID, SourceCrs
from spatial.geodesy import area_m2, length_m
from spatial.plan_layers import PlanLayer
from tiles.layers import LAYERS
from tiles.versions import bump

SEED = 20261101
#: The drawn area of the officer who watches both banks in the middle of the city.
BUND = MultiPolygon([box(121.44, 31.19, 121.56, 31.27)])
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class SeedReport:
    """What was written."""

    sites: int
    features: int
    already: bool


def seed_city(database: Database, settings: Settings, *, sites: int = 500, seed: int = SEED) -> SeedReport:
    """Write the demo city unless it is there. Another size on the same database is refused with a sentence."""
    with work(database, SYSTEM, now=TODAY) as unit:
        present = unit.session.scalar(select(func.count(Site.id)).where(Site.created_by.is_(None))) or 0
        if present:
            if present != sites:
                raise OpsError(f"The demo city has {present} sites already; ./geowarden reset starts anew with {sites}.")
            return SeedReport(sites=present, features=0, already=True)
        planned = demo_sites(sites, seed)
        features = _write(unit, planned, settings, np.random.default_rng(seed + 2))
        return SeedReport(sites=len(planned), features=features, already=False)


def _write(unit: Work, planned: list[DemoSite], settings: Settings, rng: np.random.Generator) -> int:
    for outline in schematic_districts():
        store_district(unit, outline)
    organisations = _organisations(unit)
    _people(unit, organisations, settings)
    codes = _codes(unit, planned)
    projects = _projects(unit, planned)
    ids = _sites(unit, planned, projects, codes, rng)
    _insert(unit, Participant, _participants(planned, ids, organisations, rng))
    _insert(unit, OpeningStep, (row for site in planned for row in _steps(site, ids[site.number])))
    _insert(unit, PlotVersion, (row for site in planned for row in _versions(site, ids[site.number])))
    features = [row for site in planned for row in _features(site, ids[site.number])]
    _insert(unit, PlotFeature, features)
    write_devices(unit, planned, ids)
    place_all_in_districts(unit)
    resolve_all(unit)
    stored = unit.session.scalars(select(Site)).all()
    computed = progress_of(unit, stored)
    for site in stored:
        site.plotting_percent = computed[site.id].percent
    unit.session.flush()
    measure_demo(unit)
    show_planning(unit)
    write_year(unit, datetime.now(UTC))
    bump(unit, LAYERS)
    return len(features)


def _insert(unit: Work, table: type[Any], rows: Iterable[Row]) -> None:
    found = list(rows)
    if found:
        unit.session.execute(insert(table), found)


def _organisations(unit: Work) -> dict[tuple[str, int], int]:
    names = organisation_names(per_kind=24)
    rows = [{"kind": kind, "name": name, "credit_code": code, "version": 1} for kind, name, code in names]
    ids = unit.session.scalars(insert(Organisation).returning(Organisation.id, sort_by_parameter_order=True), rows).all()
    found: dict[tuple[str, int], int] = {}
    for (kind, _, _), organisation_id in zip(names, ids, strict=True):
        found[(kind, sum(1 for key in found if key[0] == kind))] = organisation_id
    return found


def _people(unit: Work, organisations: dict[tuple[str, int], int], settings: Settings) -> None:
    for login in DEMO_LOGINS:
        user = UserAccount(
            login=login.login,
            name=login.name_zh,
            organisation_id=organisations[login.organisation] if login.organisation else None,
            password_hash=hash_password(login.password, settings.security),
            # today's password, whatever day the demo is set in: it must not be overdue on the day somebody tries it
            password_set_at=datetime.now(UTC),
            must_change_password=False,
            roles=[UserRole(role=login.role)],
        )
        unit.session.add(user)
        unit.session.flush()
        grant = _grant(login, user.id)
        if grant is not None:
            unit.session.add(grant)


def _grant(login: DemoLogin, user_id: int) -> Grant | None:
    if login.sees == "city":
        return Grant(user_id=user_id, kind="city")
    if login.sees == "polygon":
        return Grant(user_id=user_id, kind="polygon", geom=from_shape(BUND, srid=STORAGE_SRID))
    return Grant(user_id=user_id, kind="district", district_code=login.sees) if login.sees else None


def _codes(unit: Work, planned: list[DemoSite]) -> dict[int, str]:
    """Supervision codes of the approved sites, in the order of their opening, and the serials they used up."""
    districts = unit.session.execute(select(District.code, District.geom)).all()
    outlines = [(code, to_shape(geom)) for code, geom in districts]
    serials: dict[tuple[Specialty, int], int] = {}
    codes = {}
    for site in sorted(planned, key=lambda one: (one.opened_on, one.number)):
        if site.opening_state is OpeningState.APPROVED:
            key = (site.works.specialty, site.opened_on.year)
            serials[key] = serials.get(key, 0) + 1
            district = next(code for code, outline in outlines if outline.intersects(site.location))
            codes[site.number] = compose_code(key[0], district, key[1], serials[key])
    _insert(unit, CodeSerial, ({"prefix": PREFIX[one], "year": year, "last": last} for (one, year), last in serials.items()))
    return codes


def _projects(unit: Work, planned: list[DemoSite]) -> dict[tuple[Specialty, int], int]:
    families = {(site.works.specialty, site.works.family): site for site in reversed(planned)}
    rows = [
        {
            "name": project_name(site.works),
            "specialty": site.works.specialty.value,
            "planned_from": site.opened_on,
            "planned_to": site.opened_on + timedelta(days=365 * 3),
            "version": 1,
        }
        for site in families.values()
    ]
    ids = unit.session.scalars(insert(Project).returning(Project.id, sort_by_parameter_order=True), rows).all()
    return dict(zip(families, ids, strict=True))


def _sites(
    unit: Work,
    planned: list[DemoSite],
    projects: dict[tuple[Specialty, int], int],
    codes: dict[int, str],
    rng: np.random.Generator,
) -> dict[int, int]:
    names = {one.code: one.name_zh for one in schematic_districts()}
    rows = []
    for site in planned:
        code = codes.get(site.number)
        location = from_shape(site.location, srid=STORAGE_SRID)
        rows.append(
            {
                "project_id": projects[(site.works.specialty, site.works.family)],
                "name": site_name(site.works, site.number),
                "code": code,
                "specialty": site.works.specialty.value,
                "site_type": site.works.site_type.value,
                "address": address(rng, names[code[2:8]] if code else "浦东新区"),
                "state": site.state.value,
                "stage": "structure" if site.state is SiteState.IN_CONSTRUCTION else None,
                "opening_state": site.opening_state.value,
                "plotting_state": site.plotting_state.value,
                "plotting_percent": 0.0,
                "plotting_due_on": site.due_on,
                "registered_location": location,
                "registered_area_m2": site.registered_area_m2,
                "plot_number": site.versions,
                "in_force_number": site.versions if _accepted(site) else None,
                "location": location,
                "version": 1,
            }
        )
    ids = unit.session.scalars(insert(Site).returning(Site.id, sort_by_parameter_order=True), rows).all()
    return {site.number: site_id for site, site_id in zip(planned, ids, strict=True)}


def _accepted(site: DemoSite) -> bool:
    return site.plotting_state in {PlottingState.ACCEPTED, PlottingState.OUTDATED}


def _participants(
    planned: list[DemoSite], ids: dict[int, int], organisations: dict[tuple[str, int], int], rng: np.random.Generator
) -> Iterable[Row]:
    for site in planned:
        for role in ParticipantRole:
            yield {
                "site_id": ids[site.number],
                "organisation_id": organisations[(role.value, int(rng.integers(24)))],
                "role": role.value,
                "leader_name": person_name(rng),
                "valid": Range(_noon(site, 0), None),
                "version": 1,
            }


def _noon(site: DemoSite, days: float) -> datetime:
    at = datetime(site.opened_on.year, site.opened_on.month, site.opened_on.day, 12, tzinfo=SHANGHAI)
    return (at + timedelta(days=days)).astimezone(UTC)


def _steps(site: DemoSite, site_id: int) -> Iterable[Row]:
    taken: list[tuple[str, OpeningState | None, OpeningState]] = [("file", None, OpeningState.DRAFT)]
    if site.opening_state is not OpeningState.DRAFT:
        taken.append(("submit", OpeningState.DRAFT, OpeningState.SUBMITTED))
    last = {OpeningState.APPROVED: "approve", OpeningState.RETURNED: "return", OpeningState.REFUSED: "refuse"}
    if site.opening_state in last:
        taken.append((last[site.opening_state], OpeningState.SUBMITTED, site.opening_state))
    for hours, (action, before, after) in enumerate(taken):
        opinion = {"return": "参建单位资料不全，请补充监理单位信用代码。", "refuse": "不属于本站监督范围。"}.get(action)
        yield {
            "site_id": site_id,
            "at": _noon(site, hours / 24 - 1),
            "viewer_id": None,
            "viewer_name": "演示数据",
            "action": action,
            "from_state": before.value if before else None,
            "to_state": after.value,
            "opinion": opinion,
        }


def _versions(site: DemoSite, site_id: int) -> Iterable[Row]:
    for number in range(1, site.versions + 1):
        begins, ends = _force(site, number)
        last = number == site.versions
        state = (
            "accepted" if _accepted(site) else site.plotting_state.value if site.plotting_state.value != "drafting" else "draft"
        )
        boundary = site.features[0].geometry if last else site.former_boundary
        reviewed = state in {"accepted", "returned"}
        yield {
            "site_id": site_id,
            "number": number,
            "state": state,
            "author_name": "演示数据",
            "reason": "首次标绘" if number == 1 else "红线局部调整",
            "feature_count": len(site.features),
            "area_m2": area_m2(boundary),
            "remark_reasons": {"P05": "登记面积按初步设计"},
            "submitted_at": begins if state != "draft" else None,
            "reviewed_at": begins if reviewed else None,
            "reviewer_name": "演示数据" if reviewed else None,
            "opinion": "同意"
            if state == "accepted"
            else "出入口位置与现场不符，请核实后重新提交。"
            if state == "returned"
            else None,
            "in_force": Range(begins, ends) if state == "accepted" else None,
            "created_at": begins - timedelta(hours=5),
            "version": 1,
        }


def _force(site: DemoSite, number: int) -> tuple[datetime, datetime | None]:
    """When a version came into force and when the next one took over."""
    begins = _noon(site, 4 + 5 * (number - 1))
    return begins, _noon(site, 4 + 5 * number) if number < site.versions else None


def _features(site: DemoSite, site_id: int) -> Iterable[Row]:
    for position, feature in enumerate(site.features):
        key = uuid5(NAMESPACE_URL, f"geowarden-demo/{site.number}/{position}")
        common = {
            "site_id": site_id,
            "key": key,
            "layer": feature.layer.value,
            "name": feature.name,
            "attributes": feature.attributes,
            "source_crs": SourceCrs.CGCS2000.value,
        }
        if feature.layer is PlanLayer.BOUNDARY and site.versions > 1:
            yield common | _shape(site.former_boundary) | _life(site, 1, site.versions)
            yield common | _shape(feature.geometry) | _life(site, site.versions, None)
        else:
            yield common | _shape(feature.geometry, feature.layer) | _life(site, 1, None)


def _life(site: DemoSite, first: int, until: int | None) -> Row:
    in_force = None
    if _accepted(site):
        in_force = Range(_force(site, first)[0], _force(site, until)[0] if until else None)
    return {"number_from": first, "number_to": until, "in_force": in_force}


def _shape(geometry: BaseGeometry, layer: PlanLayer = PlanLayer.BOUNDARY) -> Row:
    stored = MultiPolygon([geometry]) if layer is PlanLayer.BOUNDARY and isinstance(geometry, Polygon) else geometry
    return {
        "geom": from_shape(stored, srid=STORAGE_SRID),
        "area_m2": area_m2(stored) if stored.geom_type.endswith("Polygon") else None,
        "length_m": length_m(stored) if stored.geom_type == "LineString" else None,
    }
