"""The document as PDF, set by WeasyPrint with the system's fonts. Nothing is fetched from anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from coverage.errors import EngineMissing
from coverage.reports.document import document
from coverage.reports.values import Contents, MadeFile

STYLE = Path(__file__).with_name("document.css")


def make_pdf(contents: Contents) -> MadeFile:
    """Set the document."""
    try:
        from weasyprint import HTML
    except OSError as error:  # Pango is a library of the system, and may not be there
        raise EngineMissing from error
    page = document(contents, STYLE.read_text(encoding="utf-8"))
    data = HTML(string=page, url_fetcher=_nothing).write_pdf()
    return MadeFile(data=bytes(data), media_type="application/pdf", ending="pdf")


def _nothing(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError(f"a report fetches nothing: {url}")
