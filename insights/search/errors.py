"""What can go wrong with a search."""

from __future__ import annotations

from foundation.problems import Invalid


class NothingToSearch(Invalid):
    """There is no letter, digit or character in what was typed."""


class TooMuchToSearch(Invalid):
    """Too many words at once."""

    detail = "At most {limit}."
