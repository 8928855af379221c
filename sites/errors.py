"""What can go wrong with a site."""

from __future__ import annotations

from foundation.problems import Conflict, Invalid, NotFound


class SiteNotFound(NotFound):
    """There is no such site here."""


class ProjectNotFound(NotFound):
    """There is no such project here."""


class DistrictNotFound(NotFound):
    """There is no such district."""


class PlotVersionNotFound(NotFound):
    """The plot has no such version."""

    detail = "Version {number} does not exist, or nothing was in force at that date."


class SerialsExhausted(Conflict):
    """All serials of this specialty and year are used."""


class OpeningStateForbids(Conflict):
    """The opening's state does not allow this step."""

    detail = "It is “{state}”; “{action}” is possible from: {possible}."


class PartyMissing(Invalid):
    """The opening lacks a party that must take part."""

    detail = "Missing: {role}."


class PeriodBackwards(Invalid):
    """The planned period ends before it begins."""


class PartyTwice(Invalid):
    """The same party appears twice in the same role."""


class OutsideTheCity(Invalid):
    """The place lies outside Shanghai."""


class SiteStateForbids(Conflict):
    """The site's state does not allow this step."""

    detail = "The site is “{state}”; from there it can become: {possible}."


class SiteNotOpened(Conflict):
    """The site is not opened yet, so it cannot be plotted."""


class PlotRefused(Invalid):
    """The plot breaks rules that must hold."""

    detail = "{count} to mend: {rules}."


class PlotUnderReview(Conflict):
    """The plot is under review and cannot be changed until it is accepted or returned."""


class PlotStateForbids(Conflict):
    """The plot's state does not allow this step."""

    detail = "It is “{state}”."


class ReasonsMissing(Invalid):
    """Some warnings need a reason before the plot can be submitted."""

    detail = "Rules without a reason: {rules}."


class AuthorCannotReview(Conflict):
    """Nobody reviews what they submitted themselves."""


class OpinionMissing(Invalid):
    """A return or refusal needs an opinion that says why."""


class SiteNotPlotted(Conflict):
    """The site has no accepted plot, so no device can go on its map."""

    detail = "Plotting is “{plotting_state}”; open rules: {rules}."


class DeviceCodeTaken(Conflict):
    """The site already has a device with this code."""


class DeviceOutsideSite(Invalid):
    """The device stands too far outside the site's boundary."""

    detail = "It is {distance_m:.0f} m outside; {limit_m:.0f} m are allowed."


class DevicePlaceSuspect(Invalid):
    """The device's place cannot be right as it was given."""

    detail = "{why}"


class DeviceNotFound(NotFound):
    """There is no such device here."""


class QuarantinedDeviceNotFound(NotFound):
    """No such device waits in quarantine."""


class QuarantineSettled(Conflict):
    """Somebody has decided on this device already."""


class ReadingFromTheFuture(Invalid):
    """The values were measured in the future; the device's clock is wrong."""


class TooManyReadings(Invalid):
    """The device reports too many values."""

    detail = "At most {limit} are accepted."


class NationalCodeWrong(Invalid):
    """The national device code must be 20 digits (GB/T 28181)."""


class NoBoundaryInFile(Invalid):
    """The plot has no boundary."""


class ProjectNotLinear(Invalid):
    """The project has no alignment, so it has no chainage."""


class ChainageOutside(Invalid):
    """The chainage lies outside the alignment."""

    detail = "The alignment is {length_m:.1f} m long."
