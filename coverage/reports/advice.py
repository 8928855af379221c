"""What to do about the gaps, as it is printed."""

from __future__ import annotations

from coverage.reports.markup import Markup, join, tag
from coverage.reports.suggestions import Suggestion, suggestions_of
from coverage.reports.tables import num, row, table
from coverage.reports.values import GainLine, PoseLine, SiteContents
from coverage.reports.wording import NOTHING, Words, percent, place

#: Numbers of gaps told with one remedy.
MOST_NUMBERS = 8


def suggestions(site: SiteContents, words: Words) -> Markup:
    """Remedies in words, then poses where cameras would stand or be turned."""
    found = suggestions_of(site)
    if not found:
        return tag("p", words("no_suggestions"), class_="note")
    listed = tag("ol", [_suggestion(one, words) for one in found], class_="suggestions")
    return join(listed, _poses(site.poses, words) if site.poses else None)


def _suggestion(one: Suggestion, words: Words) -> Markup:
    tags = words.listed([words.code("camera_tag", code) for code in one.tags])
    does = words(f"suggestion.{one.kind}", subjects=words.listed(one.subjects), tags=tags)
    wins = words.listed([words.size(size, measure) for measure, size in one.wins if size])
    notes = [words("suggestion.wins", sizes=wins)] if one.wins else []
    if one.gaps:
        numbers = words.listed([str(number) for number in one.gaps[:MOST_NUMBERS]])
        more = words("suggestion.more", count=len(one.gaps) - MOST_NUMBERS) if len(one.gaps) > MOST_NUMBERS else ""
        notes.append(words("suggestion.gaps", numbers=numbers) + more)
    return tag("li", does, tag("span", words("suggestion.between").join(notes), class_="under") if notes else None)


def _poses(poses: tuple[PoseLine, ...], words: Words) -> Markup:
    """A line for each camera to be turned or put up, with what it adds to those before it."""
    heads = ["number", "measure_taken", "place", "height", "azimuth", "tilt", "lens", "camera_tags", "gains_at"]
    rows = [
        row(
            num(number),
            one.camera or words("pose.new"),
            tag("td", place(one.at) if one.at else NOTHING, class_="num place"),
            num(_metres(one.height_m)),
            num(_degrees(one.azimuth_deg)),
            num(_degrees(one.tilt_deg)),
            num(_degrees(one.hfov_deg)),
            words.listed([words.code("camera_tag", code) for code in one.tags]),
            join(*(tag("div", _gain(gain)) for gain in one.gains)),
        )
        for number, one in enumerate(poses, start=1)
    ]
    return join(tag("p", words("pose.note"), class_="note keep"), table(words, heads, rows, "poses"))


def _gain(gain: GainLine) -> str:
    return f"{gain.scene} · {gain.element_name}: {percent(gain.before)} → {percent(gain.after)}"


def _metres(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}"


def _degrees(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.0f}°"
