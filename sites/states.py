"""The words a site's life is told in: specialties, states, classes. Codes here, words in ``labels/``."""

from __future__ import annotations

from enum import StrEnum


class Specialty(StrEnum):
    """专业类型. The discipline a project belongs to."""

    ROAD = "road"
    PORT = "port"
    METRO = "metro"
    RAILWAY = "railway"
    MUNICIPAL = "municipal"


class SiteType(StrEnum):
    """What is built, which decides the plan layers that must be plotted."""

    ROADWAY = "roadway"
    BRIDGE = "bridge"
    TUNNEL = "tunnel"
    METRO_STATION = "metro_station"
    SHIELD_SECTION = "shield_section"
    WHARF = "wharf"
    WATERWAY = "waterway"
    TRACK = "track"
    MUNICIPAL_WORKS = "municipal_works"


class SiteState(StrEnum):
    """建设状态 (domain.md §4.2)."""

    OPENING = "opening"
    PREPARING = "preparing"
    IN_CONSTRUCTION = "in_construction"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    HANDED_OVER = "handed_over"
    ARCHIVED = "archived"


class OpeningState(StrEnum):
    """开户 state."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"


class PlottingState(StrEnum):
    """标绘 state of a site; ``none`` is 未标绘."""

    NONE = "none"
    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    OUTDATED = "outdated"


class VersionState(StrEnum):
    """State of one version of a site's plot."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class ParticipantRole(StrEnum):
    """What an organisation is to a site."""

    OWNER = "owner"
    CONTRACTOR = "contractor"
    SUPERVISING_ENGINEER = "supervising_engineer"


class Stage(StrEnum):
    """施工阶段, while in construction."""

    FOUNDATION = "foundation"
    STRUCTURE = "structure"
    SHIELD = "shield"
    LIFTING = "lifting"
    PAVEMENT = "pavement"
    FINISHING = "finishing"


class DeviceClass(StrEnum):
    """终端设备 class."""

    CAMERA = "camera"
    TURNSTILE = "turnstile"
    DUST_MONITOR = "dust_monitor"
    EDGE_BOX = "edge_box"


class Connectivity(StrEnum):
    """Whether a device was heard of lately; unknown until it was heard of once."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    OFFLINE = "offline"


class DeviceLogKind(StrEnum):
    """What happened to a device."""

    REGISTERED = "registered"
    MOVED = "moved"
    ONLINE = "online"
    OFFLINE = "offline"
    MAINTAINED = "maintained"


class DeviceFlag(StrEnum):
    """What is wrong with a device as it stands."""

    UNLOCATED = "unlocated"
    #: More than 20 m outside the boundary in force.
    OUTSIDE_SITE = "outside_site"
    #: On one coordinate with another of its class.
    STACKED = "stacked"
    #: On line, but no value for a day: data that nobody can use.
    SILENT = "silent"


class QuarantineReason(StrEnum):
    """Why a registered place cannot be right."""

    #: Longitude and latitude are both 0: no position fix.
    NO_FIX = "no_fix"
    #: Outside the site as given and inside it when read as GCJ-02.
    GCJ02_SUSPECTED = "gcj02_suspected"
    #: Outside the site as given and inside it with longitude and latitude swapped.
    SWAPPED = "swapped"


class GrantKind(StrEnum):
    """How a part of the city is granted to somebody."""

    CITY = "city"
    DISTRICT = "district"
    ORGANISATION = "organisation"
    POLYGON = "polygon"
    SITES = "sites"
