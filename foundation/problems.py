"""The five kinds of things that go wrong, free of HTTP.

    Problem
    ├── NotFound       it does not exist, or the viewer may not know that it does
    ├── NotAllowed     visible, but this viewer may not do that
    ├── Conflict       it clashes with the present state (someone was faster, wrong state)
    ├── Invalid        the input itself is wrong; ``field`` and ``at`` say where
    └── Unavailable    something we depend on does not answer

A concrete problem lives in its package's ``errors.py``, subclasses one kind, and its one-sentence docstring
is its English title. ``api/problems.py`` alone knows the HTTP numbers.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar


class Problem(Exception):
    """Something expected went wrong."""

    #: Members every problem may carry: ``detail`` (a sentence), ``field`` (JSON pointer), ``at`` ((lon, lat), EPSG:4490).
    members: dict[str, Any]
    #: English sentence with ``{member}`` placeholders; the localised one comes from labels ``problem.<slug>.detail``.
    detail: ClassVar[str] = ""

    def __init__(self, **members: Any) -> None:
        self.members = members
        super().__init__(self.sentence())

    @classmethod
    def slug(cls) -> str:
        """``BoundaryCrossesItself`` → ``boundary-crosses-itself``: the last part of the problem's type URI."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        """The class docstring's first line."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]

    def sentence(self) -> str:
        """Title and detail in English, for logs and for callers without a language."""
        detail = self.members.get("detail") or _fill(self.detail, self.members)
        return f"{self.title()} {detail}".strip()


class NotFound(Problem):
    """There is no such thing here."""


class NotAllowed(Problem):
    """You may not do that."""


class Conflict(Problem):
    """This clashes with the present state."""


class VersionMismatch(Conflict):
    """Somebody else has changed this in the meantime."""

    detail = "You changed version {base_version}; the present one is {current_version}."


class Invalid(Problem):
    """The input is not valid."""


class Unavailable(Problem):
    """Something this needs does not answer."""


KINDS: tuple[type[Problem], ...] = (NotFound, NotAllowed, Conflict, Invalid, Unavailable)


def kind_of(problem: type[Problem]) -> type[Problem]:
    """The one kind a concrete problem belongs to."""
    return next(kind for kind in KINDS if issubclass(problem, kind))


def _fill(template: str, members: dict[str, Any]) -> str:
    try:
        return template.format(**members)
    except (KeyError, IndexError, ValueError):
        return template
