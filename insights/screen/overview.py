"""The city at a glance, as one viewer may see it: works, plotting, coverage, devices. Unknown is told apart from zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from coverage.models import SiteCoverage
from coverage.states import CoverageView
from foundation.work import Work
from sites.models import Device, District, Site, SiteDistrict
from sites.states import Connectivity, DeviceClass, PlottingState, SiteState, Specialty

#: Sites that somebody works on, or will.
ACTIVE = (SiteState.PREPARING, SiteState.IN_CONSTRUCTION, SiteState.SUSPENDED)


@dataclass(frozen=True, kw_only=True)
class Works:
    """Sites by state, and how many are to be plotted and are."""

    sites: int
    by_state: Mapping[SiteState, int]
    by_specialty: Mapping[Specialty, int]
    to_plot: int
    plotted: int

    @property
    def plotted_share(self) -> float | None:
        """Of the active sites, those with an accepted plot; None when there are none."""
        return self.plotted / self.to_plot if self.to_plot else None


@dataclass(frozen=True, kw_only=True)
class DistrictCoverage:
    """How the sites of a district are watched. ``share`` is the mean of the measured ones, None when none is."""

    code: str
    name_zh: str
    name_en: str
    sites: int
    measured: int
    share: float | None


@dataclass(frozen=True, kw_only=True)
class CityCoverage:
    """Mean share of the mandatory requirements of the measured sites, as the cameras on line see them now."""

    sites: int
    measured: int
    share: float | None
    share_p05: float | None
    share_p95: float | None
    #: Sites that were measured and of which nothing is watched.
    unwatched: int
    districts: tuple[DistrictCoverage, ...]


@dataclass(frozen=True, kw_only=True)
class ClassOnLine:
    """Terminals of a class, by what was heard of them."""

    device_class: DeviceClass
    online: int
    offline: int
    unknown: int

    @property
    def share(self) -> float | None:
        """Of those ever heard of, those on line; None when none was."""
        heard = self.online + self.offline
        return self.online / heard if heard else None


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Everything of the screen that is not an incident."""

    as_of: datetime
    works: Works
    coverage: CityCoverage
    devices: tuple[ClassOnLine, ...]


def city_overview(work: Work) -> Overview:
    """The figures now, of the sites the viewer sees."""
    work.require("read_sites")
    works = _works(work)
    return Overview(as_of=work.now, works=works, coverage=_coverage(work), devices=_devices(work))


def _works(work: Work) -> Works:
    accepted = func.count().filter(Site.plotting_state.in_((PlottingState.ACCEPTED.value, PlottingState.OUTDATED.value)))
    rows = work.session.execute(
        select(Site.state, Site.specialty, func.count(), accepted).group_by(Site.state, Site.specialty)
    ).all()
    states, specialties = dict.fromkeys(SiteState, 0), dict.fromkeys(Specialty, 0)
    to_plot = plotted = 0
    for state, specialty, number, done in rows:
        states[SiteState(state)] += number
        if SiteState(state) in ACTIVE:
            specialties[Specialty(specialty)] += number
            to_plot, plotted = to_plot + number, plotted + done
    return Works(sites=sum(states.values()), by_state=states, by_specialty=specialties, to_plot=to_plot, plotted=plotted)


def _coverage(work: Work) -> CityCoverage:
    active = Site.state.in_([one.value for one in ACTIVE])
    live = (SiteCoverage.site_id == Site.id) & (SiteCoverage.view == CoverageView.LIVE.value)
    columns = [getattr(SiteCoverage, name) for name in ("share", "share_p05", "share_p95")]
    unwatched = func.count(case((SiteCoverage.share <= 0, 1)))
    whole = work.session.execute(
        select(func.count(Site.id), func.count(SiteCoverage.share), *(func.avg(one) for one in columns), unwatched)
        .outerjoin(SiteCoverage, live)
        .where(active)
    ).one()
    # a site that lies in two districts is each one's
    by_district = work.session.execute(
        select(
            District.code,
            District.name_zh,
            District.name_en,
            func.count(Site.id),
            func.count(SiteCoverage.share),
            func.avg(SiteCoverage.share),
        )
        .join(SiteDistrict, SiteDistrict.district_code == District.code)
        .join(Site, Site.id == SiteDistrict.site_id)
        .outerjoin(SiteCoverage, live)
        .where(active)
        .group_by(District.code, District.name_zh, District.name_en)
        .order_by(func.avg(SiteCoverage.share).asc().nulls_first(), District.code)
    ).all()
    return CityCoverage(
        sites=whole[0],
        measured=whole[1],
        share=whole[2],
        share_p05=whole[3],
        share_p95=whole[4],
        unwatched=whole[5],
        districts=tuple(
            DistrictCoverage(code=code, name_zh=zh, name_en=en, sites=sites, measured=measured, share=share)
            for code, zh, en, sites, measured, share in by_district
        ),
    )


def _devices(work: Work) -> tuple[ClassOnLine, ...]:
    rows = work.session.execute(
        select(Device.device_class, Device.connectivity, func.count())
        .where(Device.retired_at.is_(None))
        .group_by(Device.device_class, Device.connectivity)
    ).all()
    counts = {(device_class, connectivity): number for device_class, connectivity, number in rows}
    present = {device_class for device_class, _ in counts}
    return tuple(
        ClassOnLine(
            device_class=one,
            online=counts.get((one.value, Connectivity.ONLINE.value), 0),
            offline=counts.get((one.value, Connectivity.OFFLINE.value), 0),
            unknown=counts.get((one.value, Connectivity.UNKNOWN.value), 0),
        )
        for one in DeviceClass
        if one.value in present
    )
