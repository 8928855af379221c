"""What to do about the gaps of a site, from the cheapest remedy to the dearest, as their causes tell."""

from __future__ import annotations

from dataclasses import dataclass

from coverage.reports.values import GapLine, RequirementLine, SiteContents
from coverage.states import GapCause, Measure
from sites.states import Connectivity


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One remedy. ``kind`` is a gap's cause, or ``incomplete`` for data that is missing."""

    kind: str
    #: What it is about: cameras by name, or elements by name.
    subjects: tuple[str, ...]
    #: Camera tags to set, with ``tag_missing`` only.
    tags: tuple[str, ...] = ()
    #: What it would win at most, by measure; a place counts once for every element.
    wins: tuple[tuple[Measure, float], ...] = ()
    #: Numbers of the gaps it is about, the largest first.
    gaps: tuple[int, ...] = ()


def suggestions_of(site: SiteContents) -> tuple[Suggestion, ...]:
    """Tags first, then what is off line or lacks data, then lenses, places and new cameras."""
    found = [_tags(line, site.gaps) for line in site.requirements if dict(line.causes).get(GapCause.TAG_MISSING)]
    offline = tuple(one.name for one in site.cameras if one.connectivity is Connectivity.OFFLINE)
    if offline:
        found.append(Suggestion(kind=GapCause.OFFLINE.value, subjects=offline, wins=_offline(site)))
    incomplete = tuple(one.name for one in site.cameras if one.missing)
    if incomplete:
        found.append(Suggestion(kind="incomplete", subjects=incomplete))
    for cause in (GapCause.DENSITY_LOW, GapCause.OCCLUDED, GapCause.OUT_OF_VIEW, GapCause.OUT_OF_RANGE):
        lines = [line for line in site.requirements if dict(line.causes).get(cause)]
        if lines:
            found.append(
                Suggestion(
                    kind=cause.value,
                    subjects=tuple(dict.fromkeys(line.element_name for line in lines)),
                    wins=_sums([(line.measure, dict(line.causes)[cause]) for line in lines]),
                    gaps=_numbers(site.gaps, cause),
                )
            )
    return tuple(found)


def _tags(line: RequirementLine, gaps: tuple[GapLine, ...]) -> Suggestion:
    return Suggestion(
        kind=GapCause.TAG_MISSING.value,
        subjects=(f"{line.scene} · {line.element_name}",),
        tags=line.binding_tags,
        wins=((line.measure, dict(line.causes)[GapCause.TAG_MISSING]),),
        gaps=_numbers(tuple(gap for gap in gaps if (gap.scene, gap.element) == (line.scene, line.element)), GapCause.TAG_MISSING),
    )


def _offline(site: SiteContents) -> tuple[tuple[Measure, float], ...]:
    return _sums([(line.measure, line.offline) for line in site.requirements if line.offline])


def _sums(sizes: list[tuple[Measure, float]]) -> tuple[tuple[Measure, float], ...]:
    return tuple((m, sum(size for measure, size in sizes if measure is m)) for m in Measure if any(one[0] is m for one in sizes))


def _numbers(gaps: tuple[GapLine, ...], cause: GapCause) -> tuple[int, ...]:
    return tuple(gap.number for gap in gaps if gap.cause is cause)
