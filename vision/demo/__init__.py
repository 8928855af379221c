"""A site that exists only as numbers: scenes drawn with exact labels, and the network trained on nothing else.

It makes the whole chain run and be tested offline. It knows no real pixel and must never be presented as a model of a site.
"""

from __future__ import annotations

from pathlib import Path

#: The demo network and its manifest.
FOLDER = Path(__file__).parent / "model"
