"""One file per map layer, each a ``Layer``; this table is what the server knows."""

from __future__ import annotations

from tiles.layer import Layer
from tiles.layers.devices import DEVICES
from tiles.layers.district_labels import DISTRICT_LABELS
from tiles.layers.districts import DISTRICTS
from tiles.layers.footprints import FOOTPRINTS
from tiles.layers.gaps import GAPS
from tiles.layers.incidents import INCIDENTS
from tiles.layers.plan_layers import PLAN_LAYERS
from tiles.layers.site_labels import SITE_LABELS
from tiles.layers.sites import SITES

LAYERS: dict[str, Layer] = {
    layer.name: layer
    for layer in (DISTRICTS, DISTRICT_LABELS, SITES, SITE_LABELS, PLAN_LAYERS, FOOTPRINTS, GAPS, DEVICES, INCIDENTS)
}
