"""建设状态 and stage of a site (domain.md §4.2), and the plain facts of it that people edit."""

from __future__ import annotations

from dataclasses import dataclass

from foundation import audit
from foundation.work import Work
from sites.changes import SiteChanged
from sites.errors import SiteStateForbids
from sites.models import Site
from sites.progress import outdate_plot, refresh_progress
from sites.queries import site_of
from sites.states import PlottingState, SiteState, SiteType, Stage

#: From each state, the states a site can go to by hand.
NEXT: dict[SiteState, frozenset[SiteState]] = {
    SiteState.OPENING: frozenset(),
    SiteState.PREPARING: frozenset({SiteState.IN_CONSTRUCTION}),
    SiteState.IN_CONSTRUCTION: frozenset({SiteState.SUSPENDED, SiteState.COMPLETED}),
    SiteState.SUSPENDED: frozenset({SiteState.IN_CONSTRUCTION, SiteState.COMPLETED}),
    SiteState.COMPLETED: frozenset({SiteState.HANDED_OVER}),
    SiteState.HANDED_OVER: frozenset({SiteState.ARCHIVED}),
    SiteState.ARCHIVED: frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class SiteFacts:
    """The facts to change; ``None`` leaves one as it is."""

    name: str | None = None
    address: str | None = None
    site_type: SiteType | None = None
    stage: Stage | None = None
    state: SiteState | None = None
    registered_area_m2: float | None = None


def edit_site(work: Work, site_id: int, facts: SiteFacts, version: int) -> Site:
    """Change facts of a site. A new stage or type makes an accepted plot outdated: the ground has changed."""
    work.require("edit_site")
    site = site_of(work, site_id, version=version)
    if facts.state is not None and facts.state.value != site.state:
        _enter_state(site, facts.state)
    if (facts.stage and facts.stage.value != site.stage) or (facts.site_type and facts.site_type.value != site.site_type):
        outdate_plot(work, site)
    site.stage = facts.stage.value if facts.stage else site.stage
    site.site_type = facts.site_type.value if facts.site_type else site.site_type
    site.name = facts.name or site.name
    site.address = facts.address or site.address
    site.registered_area_m2 = facts.registered_area_m2 or site.registered_area_m2
    refresh_progress(work, site)
    audit.record(work, "site_edited", "site", site.id)
    work.announce(SiteChanged(site_id=site.id))
    return site


def _enter_state(site: Site, wanted: SiteState) -> None:
    """A site goes into construction only with an accepted plot; all other guards are the table's."""
    possible = NEXT[SiteState(site.state)]
    unplotted = wanted is SiteState.IN_CONSTRUCTION and site.plotting_state != PlottingState.ACCEPTED.value
    if wanted not in possible or (unplotted and site.state == SiteState.PREPARING.value):
        raise SiteStateForbids(state=site.state, possible=", ".join(sorted(state.value for state in possible)), field="/state")
    site.state = wanted.value
