"""Projects: what their sites add up to, and places along a linear one (M14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geoalchemy2.shape import to_shape
from shapely import LineString, Point, Polygon
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from foundation.work import Work
from sites.errors import ChainageOutside, ProjectNotFound, ProjectNotLinear
from sites.models import Participant, Project, Site
from spatial.geodesy import corridor, length_m, point_at_chainage


@dataclass(frozen=True, kw_only=True)
class ProjectOverview:
    """A project with everything that hangs on it and that the viewer may see."""

    project: Project
    sites: Sequence[Site]
    participants: Sequence[Participant]
    #: Corridor of the alignment with flat ends, EPSG:4490; none for a project that is not linear.
    corridor: Polygon | None
    length_m: float | None


def project_of(work: Work, project_id: int) -> Project:
    """The project, if the viewer sees one of its sites."""
    project = work.session.scalars(select(Project).where(Project.id == project_id)).one_or_none()
    if project is None:
        raise ProjectNotFound
    return project


def list_projects(work: Work, *, limit: int, offset: int) -> tuple[Sequence[Project], int]:
    """One page of the projects the viewer sees a site of."""
    total = work.session.execute(select(func.count(Project.id))).scalar_one()
    return work.session.scalars(select(Project).order_by(Project.id).limit(limit).offset(offset)).all(), total


def overview(work: Work, project_id: int) -> ProjectOverview:
    """Gather a project's sites, parties and alignment."""
    project = project_of(work, project_id)
    sites = work.session.scalars(select(Site).where(Site.project_id == project.id).order_by(Site.id)).all()
    parties = work.session.scalars(
        select(Participant)
        .where(Participant.site_id.in_([site.id for site in sites]))
        .options(joinedload(Participant.organisation))
        .order_by(Participant.site_id, Participant.role)
    ).all()
    line = alignment_of(project)
    return ProjectOverview(
        project=project,
        sites=sites,
        participants=parties,
        corridor=corridor(line, project.width_m) if line is not None and project.width_m else None,
        length_m=length_m(line) if line is not None else None,
    )


def place_at(work: Work, project_id: int, chainage_m: float) -> Point:
    """The point at a chainage of the project's alignment, EPSG:4490."""
    line = alignment_of(project_of(work, project_id))
    if line is None:
        raise ProjectNotLinear
    whole = length_m(line)
    if not 0 <= chainage_m <= whole:
        raise ChainageOutside(field="/m", length_m=whole)
    return point_at_chainage(line, chainage_m)


def alignment_of(project: Project) -> LineString | None:
    """The alignment as a line, EPSG:4490."""
    if project.alignment is None:
        return None
    line = to_shape(project.alignment)
    assert isinstance(line, LineString)
    return line
