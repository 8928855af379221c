"""What can go wrong with access."""

from __future__ import annotations

from foundation.problems import Conflict, Invalid, NotAllowed, NotFound


class CreditCodeWrong(Invalid):
    """The unified social credit code is not valid."""

    detail = "It has 18 characters of GB 32100, and its last one must fit the others."


class WrongCredentials(NotAllowed):
    """The login or the password is wrong."""


class AccountLocked(NotAllowed):
    """The account is locked after too many failed sign-ins."""

    detail = "It opens again at {until}."


class PasswordChangeRequired(NotAllowed):
    """The password must be changed before anything else."""


class WeakPassword(Invalid):
    """The password is too weak."""

    detail = "Missing: {missing}."


class UserNotFound(NotFound):
    """There is no such user."""


class LoginTaken(Conflict):
    """This login is already taken."""


class RolesClash(Invalid):
    """These roles may not be held by one person."""

    detail = "System, security and audit administration are kept apart from one another and from the station's work."


class OwnRoles(NotAllowed):
    """Nobody changes their own roles, state or grants."""


class LastAdministrator(Conflict):
    """The last active administrator of a kind cannot be removed."""

    detail = "Role: {role}."


class OrganisationNotFound(NotFound):
    """There is no such organisation."""


class OrganisationKnown(Conflict):
    """An organisation with this credit code exists already."""


class GrantNotFound(NotFound):
    """There is no such grant."""


class GrantIncomplete(Invalid):
    """The grant lacks what its kind needs."""


class ApiKeyNotFound(NotFound):
    """There is no such API key."""


class KioskKeyRefused(NotAllowed):
    """This key does not open the big screen."""

    detail = "It must be valid, and its account must hold the role of a screen and no other."
