"""标绘进度: how complete a site's plot is. Computed from what is plotted, never typed (M45)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from foundation import audit
from foundation.work import Work
from sites.mandatory_layers import mandatory_layers
from sites.models import Device, PlotFeature, PlottingReminder, Site
from sites.queries import SiteFilter, is_late, matching, site_of
from sites.states import PlottingState
from spatial.plan_layers import PlanLayer

#: Shares of the whole, per cent (M45).
BOUNDARY_SHARE, ZONES_SHARE, DEVICES_SHARE = 40.0, 20.0, 40.0
#: A device stands on its site when it is inside the boundary or this near to it (P13).
DEVICE_TOLERANCE_M = 30.0


@dataclass(frozen=True, kw_only=True)
class DeviceCount:
    """How many of a site's devices have a place on the site."""

    located: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Completeness of one site's latest plot."""

    boundary: bool
    #: Mandatory layers beside the boundary.
    zones_required: tuple[PlanLayer, ...]
    zones_present: tuple[PlanLayer, ...]
    #: None when no device is registered: then boundary and zones make up the whole.
    devices: DeviceCount | None

    @property
    def percent(self) -> float:
        """40 for the boundary, 20 for the zones, 40 for the devices; without devices, out of 60."""
        return percent(
            boundary=self.boundary,
            zones=len(self.zones_present) / len(self.zones_required) if self.zones_required else 1.0,
            devices=self.devices.located / self.devices.total if self.devices else None,
        )

    def with_missing(self, missing: Sequence[PlanLayer]) -> Progress:
        """The same site as if just these layers were missing from its plot, for somebody who is drawing."""
        present = tuple(layer for layer in self.zones_required if layer not in missing)
        return replace(self, boundary=PlanLayer.BOUNDARY not in missing, zones_present=present)


def percent(*, boundary: bool, zones: float, devices: float | None) -> float:
    """Weighted completeness in per cent; ``zones`` and ``devices`` are shares 0–1, ``None`` when there is nothing to count.

    >>> round(percent(boundary=True, zones=1 / 2, devices=8 / 10), 1)
    82.0
    """
    done = BOUNDARY_SHARE * boundary + ZONES_SHARE * zones
    if devices is None:
        return round(done / (BOUNDARY_SHARE + ZONES_SHARE) * 100, 1)
    return round(done + DEVICES_SHARE * devices, 1)


def progress_of(work: Work, sites: Sequence[Site]) -> dict[int, Progress]:
    """Progress of several sites in two statements."""
    layers = _layers(work, sites)
    devices = _devices(work, [site.id for site in sites])
    found = {}
    for site in sites:
        required = tuple(layer for layer in PlanLayer if layer in mandatory_layers(site.site_type) - {PlanLayer.BOUNDARY})
        present = layers.get(site.id, frozenset())
        found[site.id] = Progress(
            boundary=PlanLayer.BOUNDARY in present,
            zones_required=required,
            zones_present=tuple(layer for layer in required if layer in present),
            devices=devices.get(site.id),
        )
    return found


def refresh_progress(work: Work, site: Site) -> None:
    """Store the computed percentage on the site, in the transaction of the edit that changed it."""
    work.session.flush()
    site.plotting_percent = progress_of(work, [site])[site.id].percent


def outdate_plot(work: Work, site: Site) -> None:
    """An accepted plot no longer fits the ground: it has to be drawn anew, and stays in force until then."""
    if site.plotting_state == PlottingState.ACCEPTED.value:
        site.plotting_state = PlottingState.OUTDATED.value
        audit.record(work, "plot_outdated", "site", site.id)


def remind(work: Work, site_ids: Sequence[int], message: str | None) -> int:
    """Remind those who should plot; returns how many reminders were written."""
    work.require("remind")
    sites = [site_of(work, site_id) for site_id in site_ids]
    for site in sites:
        work.session.add(
            PlottingReminder(
                site_id=site.id, at=work.now, viewer_id=work.viewer.user_id, viewer_name=work.viewer.name, message=message
            )
        )
        audit.record(work, "plotting_reminded", "site", site.id)
    return len(sites)


def totals_by_state(work: Work, wanted: SiteFilter) -> dict[str, int]:
    """Sites per plotting state; the numbers add up to the sites that match."""
    rows = work.session.execute(
        select(Site.plotting_state, func.count(Site.id)).where(*matching(work, wanted)).group_by(Site.plotting_state)
    ).all()
    counted = Counter(dict(rows))
    return {state.value: counted.get(state.value, 0) for state in PlottingState}


def late_among(work: Work, site_ids: Sequence[int]) -> set[int]:
    """Which of the sites are late."""
    return set(work.session.scalars(select(Site.id).where(Site.id.in_(site_ids), is_late(work))))


def _layers(work: Work, sites: Sequence[Site]) -> dict[int, frozenset[PlanLayer]]:
    rows = work.session.execute(
        select(PlotFeature.site_id, func.array_agg(PlotFeature.layer.distinct()))
        .join(Site, Site.id == PlotFeature.site_id)
        .where(
            PlotFeature.site_id.in_([site.id for site in sites]),
            PlotFeature.number_from <= Site.plot_number,
            PlotFeature.number_to.is_(None),
        )
        .group_by(PlotFeature.site_id)
    ).all()
    return {site_id: frozenset(PlanLayer(layer) for layer in layers) for site_id, layers in rows}


def _devices(work: Work, site_ids: Sequence[int]) -> dict[int, DeviceCount]:
    boundary = (
        select(PlotFeature.geom)
        .join(Site, Site.id == PlotFeature.site_id)
        .where(
            PlotFeature.site_id == Device.site_id,
            PlotFeature.layer == PlanLayer.BOUNDARY.value,
            PlotFeature.number_to.is_(None),
        )
        .correlate(Device)
        .scalar_subquery()
    )
    on_site = func.ST_DWithin(func.geography(Device.location), func.geography(boundary), DEVICE_TOLERANCE_M)
    rows = work.session.execute(
        select(Device.site_id, func.count(Device.id).filter(on_site), func.count(Device.id))
        .where(Device.site_id.in_(site_ids))
        .group_by(Device.site_id)
    ).all()
    return {site_id: DeviceCount(located=located, total=total) for site_id, located, total in rows}
