"""The whole demo city as values: what will be written, in which state."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from ops.demo.devices import DemoDevice, demo_devices
from ops.demo.layers import DemoFeature, plan_of
from ops.demo.works import CITY, Works, works
from sites.states import OpeningState, PlottingState, SiteState
from spatial.rules.shapes import oriented

#: The demo's "today": states and dates are told from here, so that the same seed gives the same rows.
TODAY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
#: (opening state, plotting state) → share of the sites.
STATES: tuple[tuple[OpeningState, PlottingState, float], ...] = (
    (OpeningState.APPROVED, PlottingState.ACCEPTED, 0.58),
    (OpeningState.APPROVED, PlottingState.OUTDATED, 0.05),
    (OpeningState.APPROVED, PlottingState.SUBMITTED, 0.07),
    (OpeningState.APPROVED, PlottingState.RETURNED, 0.05),
    (OpeningState.APPROVED, PlottingState.DRAFTING, 0.08),
    (OpeningState.APPROVED, PlottingState.NONE, 0.09),
    (OpeningState.SUBMITTED, PlottingState.NONE, 0.04),
    (OpeningState.DRAFT, PlottingState.NONE, 0.02),
    (OpeningState.RETURNED, PlottingState.NONE, 0.01),
    (OpeningState.REFUSED, PlottingState.NONE, 0.01),
)


@dataclass(frozen=True, kw_only=True)
class DemoSite:
    """One site of the demo, geometry in EPSG:4490."""

    number: int
    works: Works
    opening_state: OpeningState
    plotting_state: PlottingState
    state: SiteState
    opened_on: date
    due_on: date | None
    #: How many versions its plot has; the last one differs from the one before in its boundary.
    versions: int
    features: tuple[DemoFeature, ...]
    #: The boundary of the versions before the last.
    former_boundary: BaseGeometry
    location: Point
    registered_area_m2: float
    devices: tuple[DemoDevice, ...]


def demo_sites(count: int, seed: int) -> list[DemoSite]:
    """The sites, the same for the same seed."""
    rng = np.random.default_rng(seed + 1)
    return [_site(number, one, rng, seed) for number, one in enumerate(works(count, seed))]


def fingerprint(sites: list[DemoSite]) -> str:
    """A hash over every value that matters, to prove that nothing is left to chance."""
    digest = hashlib.blake2b(digest_size=16)
    for site in sites:
        digest.update(f"{site.number}{site.opening_state}{site.plotting_state}{site.versions}{site.opened_on}".encode())
        for feature in site.features:
            digest.update(feature.layer.encode() + np.round(shapely.get_coordinates(feature.geometry), 7).tobytes())
    return digest.hexdigest()


def _site(number: int, one: Works, rng: np.random.Generator, seed: int) -> DemoSite:
    opening, plotting = _states(rng)
    plan = plan_of(one, rng)
    if plotting in {PlottingState.DRAFTING, PlottingState.RETURNED}:
        plan = plan[: max(2, int(len(plan) * rng.uniform(0.15, 0.75)))]
    age_days = int(rng.integers(20, 800)) if plotting is PlottingState.ACCEPTED else int(rng.integers(2, 60))
    opened = (TODAY - timedelta(days=age_days)).date()
    approved = opening is OpeningState.APPROVED
    area = one.boundary.area * float(rng.uniform(0.9, 1.1))
    accepted = plotting in {PlottingState.ACCEPTED, PlottingState.OUTDATED}
    features = tuple(_stored(feature) for feature in plan) if plotting is not PlottingState.NONE else ()
    return DemoSite(
        number=number,
        works=one,
        opening_state=opening,
        plotting_state=plotting,
        state=_life(plotting, rng) if approved else SiteState.OPENING,
        opened_on=opened,
        due_on=opened + timedelta(days=15) if approved else None,
        versions=int(rng.choice([1, 2, 3], p=[0.72, 0.2, 0.08])) if accepted else 0 if plotting is PlottingState.NONE else 1,
        features=features,
        former_boundary=oriented(CITY.to_storage(one.boundary.buffer(-1.5, join_style="mitre"))),
        location=_point(CITY.to_storage(one.boundary.representative_point())),
        registered_area_m2=round(area, 0),
        devices=demo_devices(features, np.random.default_rng((seed, number))) if accepted else (),
    )


def _states(rng: np.random.Generator) -> tuple[OpeningState, PlottingState]:
    shares = [share for _, _, share in STATES]
    opening, plotting, _ = STATES[int(rng.choice(len(STATES), p=np.array(shares) / sum(shares)))]
    return opening, plotting


def _life(plotting: PlottingState, rng: np.random.Generator) -> SiteState:
    if plotting not in {PlottingState.ACCEPTED, PlottingState.OUTDATED}:
        return SiteState.PREPARING
    states = [SiteState.IN_CONSTRUCTION, SiteState.SUSPENDED, SiteState.COMPLETED, SiteState.PREPARING]
    return states[int(rng.choice(4, p=[0.82, 0.06, 0.06, 0.06]))]


def _stored(feature: DemoFeature) -> DemoFeature:
    geometry = oriented(CITY.to_storage(feature.geometry))
    return DemoFeature(layer=feature.layer, name=feature.name, geometry=geometry, attributes=feature.attributes)


def _point(geometry: BaseGeometry) -> Point:
    assert isinstance(geometry, Point)
    return geometry
