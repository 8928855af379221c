"""The facts this package announces."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.changes import Change

#: west, south, east, north in degrees, EPSG:4490.
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class SiteOpened(Change):
    """An opening was filed: the site exists, as a draft."""

    site_id: int


@dataclass(frozen=True, kw_only=True)
class SiteChanged(Change):
    """Facts or state of a site changed."""

    site_id: int


@dataclass(frozen=True, kw_only=True)
class ParticipantsChanged(Change):
    """An organisation came to or left a site."""

    site_id: int


@dataclass(frozen=True, kw_only=True)
class PlotSaved(Change):
    """A new version of a site's plot was saved, not in force yet."""

    site_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class PlotSubmitted(Change):
    """A plot waits for review."""

    site_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class PlotReturned(Change):
    """A reviewer sent a plot back."""

    site_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class PlotAccepted(Change):
    """A plot is in force from now on; ``bounds`` covers the old and the new boundary."""

    site_id: int
    number: int
    bounds: Bounds


@dataclass(frozen=True, kw_only=True)
class DistrictsImported(Change):
    """District outlines were replaced."""


@dataclass(frozen=True, kw_only=True)
class DeviceRegistered(Change):
    """A device was registered on a site."""

    site_id: int
    device_id: int


@dataclass(frozen=True, kw_only=True)
class DeviceConnectivityChanged(Change):
    """A device was heard of again, or not for too long."""

    site_id: int
    device_id: int
    connectivity: str
