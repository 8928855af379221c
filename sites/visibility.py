"""The rule: which sites a viewer sees. It exists only here; the session applies it to every statement."""

from __future__ import annotations

from sqlalchemy import Select, select

from foundation.viewer import Viewer
from sites.models import SiteViewer


def visible_sites(viewer: Viewer) -> Select[int]:
    """Ids of the sites the viewer's grants were resolved to."""
    return select(SiteViewer.site_id).where(SiteViewer.user_id == viewer.user_id)
