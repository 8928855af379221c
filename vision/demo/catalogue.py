"""The classes of the synthetic scenes, in the order of the network's outputs."""

from __future__ import annotations

CLASSES = (
    "person",
    "helmet",
    "head",
    "life_jacket",
    "ebike",
    "handcart",
    "large_material",
    "dump_truck",
    "mixer_truck",
    "excavator",
    "police_car",
    "fire_truck",
    "ambulance",
    "fire",
    "smoke",
    "water",
    "segment",
    "guardrail",
)
NUMBER_OF = {name: number for number, name in enumerate(CLASSES)}
