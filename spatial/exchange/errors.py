"""What can be wrong with a file."""

from __future__ import annotations

from foundation.problems import Invalid


class FileNotUnderstood(Invalid):
    """The file cannot be read."""

    detail = "{why}"


class FileKindUnknown(Invalid):
    """The kind of the file is not known here."""

    detail = "Known are {known}."


class FileTooBig(Invalid):
    """The file holds too much."""

    detail = "{what}: at most {limit}."


class NothingInFile(Invalid):
    """The file holds no geometry."""


class SourceCrsNeeded(Invalid):
    """The reference system of the coordinates must be said."""

    detail = "The numbers fit {candidates}."


class SourceCrsRefused(Invalid):
    """Coordinates of this reference system cannot be converted without local parameters."""

    detail = "The file says {name}. Convert it to CGCS2000 first, or give control points."


class ZonesMixed(Invalid):
    """Coordinates of different zones stand in one file."""

    detail = "Row {row} lies in another zone than the rows before it."


class RowNotUnderstood(Invalid):
    """A row of the table cannot be read."""

    detail = "Row {row}: {why}"


class OutlineNotClosed(Invalid):
    """An outline is not closed."""

    detail = "Its ends are {gap_m:.2f} m apart, in {part}."
