"""Words for codes: one flat table per language, read from ``labels/*.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
FOLDER = Path(__file__).parent.parent / "labels"


@cache
def labels(language: Language) -> dict[str, str]:
    """All words of a language, dotted keys: ``{"site.state.preparing": "准备中"}``."""
    table: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"*{language}.toml")):
        _flatten("", tomllib.loads(path.read_text(encoding="utf-8")), table)
    return table


def label(key: str, language: Language, **params: Any) -> str:
    """The words of ``key``, with ``{placeholders}`` filled; the key itself when nobody named it."""
    template = labels(language).get(key, key)
    try:
        return template.format(**params)
    except (KeyError, IndexError, ValueError):
        return template


def _flatten(prefix: str, node: dict[str, Any], into: dict[str, str]) -> None:
    for name, value in node.items():
        key = f"{prefix}.{name}" if prefix else name
        if isinstance(value, dict):
            _flatten(key, value, into)
        else:
            into[key] = str(value)
