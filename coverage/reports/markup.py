"""HTML and SVG as escaped strings: whatever a user wrote is text and never markup."""

from __future__ import annotations

from html import escape


class Markup(str):
    """A string that is markup already."""

    __slots__ = ()


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """An element. Attributes: ``class_`` for class, ``_`` for a hyphen; None and False leave one out."""
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Markup(f"<{name}{pairs}>{join(*children)}</{name}>")


def join(*children: object) -> Markup:
    """Children one after the other: markup as it is, everything else escaped, None left out."""
    return Markup("".join(_text(child) for child in children))


def _text(child: object) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, list | tuple):
        return join(*child)
    return escape(str(child))
