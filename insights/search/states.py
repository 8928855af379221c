"""The words of search."""

from __future__ import annotations

from enum import StrEnum


class EntryKind(StrEnum):
    """What can be found, the first to be shown first."""

    SITE = "site"
    ORGANISATION = "organisation"
    CAMERA = "camera"
    DEVICE = "device"
    INCIDENT = "incident"
