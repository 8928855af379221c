"""Registering a list of cameras (M42): every line is tried, and either all are registered or none is."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from foundation.problems import NotAllowed, NotFound, Problem, Unavailable
from foundation.sealing import Seal
from foundation.work import Work
from sites.cameras.errors import CameraFileEmpty
from sites.cameras.registering import NewCamera, register_camera
from sites.errors import SiteNotPlotted

#: Problems that every line would have.
ABOUT_THE_SITE = (NotFound, NotAllowed, Unavailable, SiteNotPlotted)


@dataclass(frozen=True, kw_only=True)
class CameraLine:
    """A line of a list: a camera, or what keeps it from being one."""

    #: Counted from 1, with the headings.
    line: int
    code: str
    name: str
    camera: NewCamera | None = None
    faults: tuple[Problem, ...] = ()


class OnlyTried(Exception):
    """Ends an attempt whose result nobody wants to keep."""


def register_listed(work: Work, site_id: int, lines: Sequence[CameraLine], seal: Seal, *, keep: bool) -> list[CameraLine]:
    """The lines with what registering each one said. Nothing stays unless ``keep`` and no line has a fault."""
    work.require("register_device")
    if not lines:
        raise CameraFileEmpty(field="/file")
    tried: list[CameraLine] = []
    with suppress(OnlyTried), work.attempt():
        tried.extend(_tried(work, site_id, one, seal) for one in lines)
        _take_back_unless(keep and not any(one.faults for one in tried))
    return tried


def _take_back_unless(kept: bool) -> None:
    if not kept:
        raise OnlyTried


def _tried(work: Work, site_id: int, line: CameraLine, seal: Seal) -> CameraLine:
    if line.camera is None:
        return line
    try:
        with work.attempt():
            register_camera(work, site_id, line.camera, seal)
    except Problem as problem:
        if isinstance(problem, ABOUT_THE_SITE):
            raise
        return CameraLine(line=line.line, code=line.code, name=line.name, faults=(problem,))
    return line
