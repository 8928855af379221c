"""Each shape of the API has a name of its own: two of one name would get their module's path in the document and the client."""

from __future__ import annotations

from fastapi import FastAPI


def test_no_two_shapes_share_a_name(app: FastAPI) -> None:
    names = app.openapi()["components"]["schemas"]
    assert [name for name in names if "__" in name and not name.startswith("Body_")] == []
