"""Who is looking: a frozen value that travels with the session."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """The person, machine or system part on whose behalf a unit of work runs."""

    #: ``user_account.id``; none only for the system and for nobody.
    user_id: int | None
    #: Shown in audit rows and histories.
    name: str
    #: Organisation of the user, if any.
    organisation_id: int | None = None
    #: Role codes, see ``access/permissions.toml``.
    roles: frozenset[str] = field(default_factory=frozenset)
    #: Action codes the roles add up to.
    permissions: frozenset[str] = field(default_factory=frozenset)
    #: True for our own jobs: sees every row. Never given to a request.
    system: bool = False
    #: Address the request came from, for the audit.
    ip: str | None = None

    def may(self, action: str) -> bool:
        """Do this viewer's roles allow the action somewhere?"""
        return self.system or action in self.permissions


#: Our own jobs and workers. Forbidden in ``api/`` by a test.
SYSTEM = Viewer(user_id=None, name="system", system=True)
#: Somebody who has not signed in: sees no scoped row.
NOBODY = Viewer(user_id=None, name="nobody")
