"""The language of an answer: Chinese unless the request prefers English."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from foundation.labels import Language


def language_of(request: Request) -> Language:
    """``zh`` or ``en`` from Accept-Language, the first of the two that is named; ``zh`` by default."""
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("zh"):
            return "zh"
        if tag.startswith("en"):
            return "en"
    return "zh"


LanguageDep = Annotated[Language, Depends(language_of)]
