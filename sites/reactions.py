"""What sites do when something else changes: keep the resolved grants true."""

from __future__ import annotations

from access.changes import GrantsChanged
from foundation.changes import on
from foundation.jobs import job
from foundation.work import Work
from sites.changes import ParticipantsChanged, SiteOpened
from sites.jurisdiction import resolve_expired, resolve_grants


@on(GrantsChanged)
def resolve_changed_grants(work: Work, change: GrantsChanged) -> None:
    """Grants, roles or organisation of users changed."""
    resolve_grants(work, users=change.user_ids)


@on(SiteOpened)
def show_opened_site(work: Work, change: SiteOpened) -> None:
    """A new site appears to everyone whose grants cover it."""
    resolve_grants(work, sites=[change.site_id])


@on(ParticipantsChanged)
def show_to_participants(work: Work, change: ParticipantsChanged) -> None:
    """Organisations came or left."""
    resolve_grants(work, sites=[change.site_id])


@job("resolve_expired_grants", cron="* * * * *")
def take_expired_grants_away(work: Work) -> None:
    """Every minute: grants and terms that ran out show nothing any more."""
    resolve_expired(work)
