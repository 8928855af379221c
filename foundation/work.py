"""``Work``: one request, one frame batch, one job = one viewer, one instant, one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from foundation.changes import Change, reactions_to
from foundation.clock import utc_now
from foundation.database import Database, VisibleSession
from foundation.problems import NotAllowed
from foundation.viewer import Viewer

#: PostgreSQL refuses a notification of 8,000 bytes or more.
NOTIFY_LIMIT_BYTES = 7_900
#: A reaction may announce further facts; if more than this many follow from each fact, it is a loop.
LONGEST_CHAIN = 1_000


class ActionNotAllowed(NotAllowed):
    """Your roles do not allow this."""

    detail = "It needs the permission “{action}”."


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a use case needs to know: the session, who is acting, and what time it is."""

    session: VisibleSession
    viewer: Viewer
    #: The instant of this unit of work, UTC.
    now: datetime
    #: Every fact of this transaction, for listeners.
    announced: list[Change] = field(default_factory=list)
    #: Facts whose reactions have not run yet.
    pending: list[Change] = field(default_factory=list)

    def require(self, action: str) -> None:
        """Raise ``ActionNotAllowed`` unless the viewer's roles include the action."""
        if not self.viewer.may(action):
            raise ActionNotAllowed(action=action)

    def announce(self, change: Change) -> None:
        """Record a fact in this transaction; reactions run before it commits."""
        self.announced.append(change)
        self.pending.append(change)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Do something that is taken back as a whole when it fails: nothing of it stays, not even what was announced."""
        announced, pending = len(self.announced), len(self.pending)
        savepoint = self.session.begin_nested()
        try:
            yield
            savepoint.commit()
        except BaseException:
            savepoint.rollback()
            del self.announced[announced:], self.pending[pending:]
            raise

    def react(self) -> None:
        """Run the reactions to everything announced so far, and to what they announce; each change once."""
        self.session.flush()
        for _ in range(LONGEST_CHAIN * max(1, len(self.pending))):
            if not self.pending:
                break
            change = self.pending.pop(0)
            for reaction in reactions_to(type(change)):
                reaction(self, change)
        else:
            raise RuntimeError(f"more than {LONGEST_CHAIN} changes follow from each that was announced")
        self.session.flush()

    def settle(self) -> None:
        """Run the outstanding reactions, then queue one notification for listeners."""
        self.react()
        if self.announced:
            self.session.execute(select(func.pg_notify("changes", self._notification())))

    def _notification(self) -> str:
        message = json.dumps([change.payload() for change in self.announced], default=str)
        if len(message.encode()) < NOTIFY_LIMIT_BYTES:
            return message
        kinds = sorted({type(change).__name__ for change in self.announced})
        return json.dumps([{"change": kind, "many": True} for kind in kinds])


@contextmanager
def work(database: Database, viewer: Viewer, *, now: datetime | None = None, read_only: bool = False) -> Iterator[Work]:
    """Begin a transaction for ``viewer``; commit at the end, roll back on any exception."""
    with database.session(viewer) as session:
        if read_only:
            session.connection(execution_options={"postgresql_readonly": True})
        unit = Work(session=session, viewer=viewer, now=now or utc_now())
        yield unit
        unit.settle()
        session.commit()
