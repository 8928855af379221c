"""What a text is found by. Chinese goes in pairs of characters, everything else in words; both are folded first.

Folding makes full-width half-width, upper lower, traditional simplified, and takes accents away. It works on one character at a
time, so a place in the folded text is a place in the text. The rule of a match, which every engine keeps:
a run of Chinese characters matches where it stands inside a run of the text, a word where a word of the text begins with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from opencc import OpenCC

HAN = "〇々㐀-䶿一-鿿豈-﫿\U00020000-\U000323af"
RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
IS_HAN = re.compile(rf"[{HAN}]")
#: Words are kept as tokens up to here; what is longer is compared whole.
LONGEST_WORD = 40


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A run of Chinese characters, or a word."""

    text: str
    han: bool


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A part of a shown text, and whether it is what was looked for."""

    text: str
    hit: bool


class _Folds(dict[int, str]):
    """Code point → folded characters, each worked out when it is first met."""

    def __missing__(self, point: int) -> str:
        found = "".join(
            _simplified(one)
            for one in unicodedata.normalize("NFKD", chr(point)).casefold()
            if unicodedata.category(one) not in {"Mn", "Me"}
        )
        self[point] = found
        return found


_folds = _Folds()


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _simplified(character: str) -> str:
    return _converter().convert(character) if IS_HAN.match(character) else character


def fold(text: str) -> str:
    """The text as it is compared."""
    return text.translate(_folds)


def pieces(text: str) -> list[Piece]:
    """Runs and words of a text, folded, in order."""
    return [Piece(text=run, han=IS_HAN.match(run) is not None) for run in RUN.findall(fold(text))]


def spaced(found: Iterable[Piece]) -> str:
    """Pieces in one line, a space before each: what long words and long runs are looked for in."""
    return "".join(f" {one.text}" for one in found)


def grams(piece: Piece) -> list[str]:
    """What a piece of a text is kept as: its pairs and its last character, or the word."""
    if not piece.han:
        return [piece.text]
    return ["".join(pair) for pair in pairwise(piece.text)] + [piece.text[-1]]


def tokens(found: Iterable[Piece]) -> list[str]:
    """The distinct tokens of a text's pieces, sorted."""
    return sorted({gram[:LONGEST_WORD] for piece in found for gram in grams(piece)})


def matches(wanted: Sequence[Piece], found: Sequence[Piece]) -> bool:
    """The rule itself, for tests and small texts: is every piece that is wanted among those found?"""
    return all(
        any(one.text in have.text if one.han else have.text.startswith(one.text) for have in found if have.han == one.han)
        for one in wanted
    )


def highlighted(text: str, wanted: Sequence[Piece]) -> list[Segment]:
    """The text cut where it matches."""
    marks = bytearray(len(text))
    places: list[int] = []
    folded: list[str] = []
    for place, character in enumerate(text):
        for one in _folds[ord(character)]:
            folded.append(one)
            places.append(place)
    line = "".join(folded)
    for run in RUN.finditer(line):
        for begin, end in _hits(run, wanted):
            for at in range(begin, end):
                marks[places[at]] = 1
    segments: list[Segment] = []
    begin = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or marks[place] != marks[begin]:
            segments.append(Segment(text=text[begin:place], hit=bool(marks[begin])))
            begin = place
    return segments if text else []


def _hits(run: re.Match[str], wanted: Sequence[Piece]) -> Iterable[tuple[int, int]]:
    """Where a run of a text is what was looked for."""
    han = IS_HAN.match(run.group()) is not None
    for one in wanted:
        if one.han != han:
            continue
        if not han:
            if run.group().startswith(one.text):
                yield run.start(), run.start() + len(one.text)
            continue
        at = run.group().find(one.text)
        while at >= 0:
            yield run.start() + at, run.start() + at + len(one.text)
            at = run.group().find(one.text, at + 1)


def snippet(text: str, wanted: Sequence[Piece], *, length: int = 96, before: int = 20) -> list[Segment]:
    """A part of a long text around the first match."""
    if len(text) <= length:
        return highlighted(text, wanted)
    whole = highlighted(text, wanted)
    first, at = 0, 0
    for one in whole:
        if one.hit:
            first = at
            break
        at += len(one.text)
    begin = max(0, min(first - before, len(text) - length))
    cut = ("…" if begin else "") + text[begin : begin + length] + ("…" if begin + length < len(text) else "")
    return highlighted(cut, wanted)
