"""Vehicles, and what stands about on a site: stacks of segments, guardrails, boxes of no class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vision.demo.catalogue import NUMBER_OF
from vision.demo.solids import WHOLE, Colour, Floats, Solid, one_of, shaded, varied

SIDES = (-1, 1)
GLASS: Colour = (70, 60, 50)
DUMP_CABS = ((40, 90, 40), (40, 60, 200), (30, 170, 220), (180, 90, 30))
DUMP_BEDS = ((60, 110, 60), (60, 70, 160), (70, 140, 170), (90, 90, 90))
MIXER_CABS = ((220, 220, 220), (40, 150, 60), (40, 90, 220), (200, 120, 40))
DRUMS = ((225, 225, 225), (60, 160, 80), (50, 140, 230))
DIGGERS = ((20, 170, 240), (20, 190, 220), (40, 110, 230), (50, 160, 60))
CARS = ((60, 60, 60), (180, 180, 180), (120, 60, 40), (40, 40, 150), (230, 230, 230))
RAILS = ((40, 40, 210), (30, 190, 230))
SHEDS = ((180, 150, 90), (120, 120, 120), (80, 120, 160), (150, 160, 160), (60, 60, 140), (40, 120, 220))


def _at(place_m: Floats, yaw_rad: float) -> Solid:
    return Solid(float(place_m[0]), float(place_m[1]), yaw_rad)


def _chassis(made: Solid, cab: Colour) -> None:
    """Frame, cab and six wheels of a lorry seven metres long."""
    long_m = 7.0
    made.box((0, 0, 0.75), (long_m, 1.0, 0.3), (45, 45, 45))
    made.box((long_m / 2 - 0.9, 0, 1.75), (1.8, 2.3, 2.1), cab)
    made.box((long_m / 2 + 0.01, 0, 2.1), (0.06, 2.0, 0.8), GLASS)
    for side in SIDES:
        made.box((long_m / 2 - 0.7, side * 1.16, 2.1), (0.9, 0.04, 0.7), GLASS)
    made.box((long_m / 2 + 0.05, 0, 0.8), (0.1, 2.2, 0.4), (60, 60, 60))
    for x in (-2.4, -1.2, 2.4):
        for side in SIDES:
            made.wheel((x, side * 1.0, 0.52), 0.52, 0.35)


def dump_truck(rng: np.random.Generator, place_m: Floats, yaw_rad: float) -> Solid:
    """A tipper, often loaded."""
    made = _at(place_m, yaw_rad)
    _chassis(made, one_of(rng, DUMP_CABS))
    bed = one_of(rng, DUMP_BEDS)
    made.box((-1.1, 0, 1.75), (4.6, 2.4, 1.5), bed)
    for x in (-3.2, -2, -0.8, 0.4):
        made.box((x, 0, 1.75), (0.12, 2.48, 1.5), [value * 0.7 for value in bed])
    if rng.random() < 0.6:
        made.box((-1.1, 0, 2.6), (4.0, 1.9, 0.35), varied(rng, (50, 75, 100)))
    made.labels[WHOLE] = NUMBER_OF["dump_truck"]
    return made


def mixer_truck(rng: np.random.Generator, place_m: Floats, yaw_rad: float) -> Solid:
    """A lorry with a drum."""
    made = _at(place_m, yaw_rad)
    _chassis(made, one_of(rng, MIXER_CABS))
    drum = one_of(rng, DRUMS)
    blue, green, red = (value * 0.9 for value in drum)
    made.tube((1.4, 0, 1.9), (-0.8, 0, 2.4), 0.75, 1.25, drum, sides=10)
    made.tube((-0.8, 0, 2.4), (-3.1, 0, 3.0), 1.25, 0.45, (blue, green, red), sides=10)
    made.box((-3.4, 0, 2.3), (0.5, 0.8, 1.6), (90, 90, 90))
    made.labels[WHOLE] = NUMBER_OF["mixer_truck"]
    return made


def excavator(rng: np.random.Generator, place_m: Floats, yaw_rad: float) -> Solid:
    """Tracks, cab and a bent arm."""
    made = _at(place_m, yaw_rad)
    colour = one_of(rng, DIGGERS)
    for side in SIDES:
        made.box((0, side * 1.0, 0.45), (3.6, 0.55, 0.9), (40, 40, 40))
    made.box((-0.4, 0, 1.5), (2.8, 2.3, 1.0), colour)
    made.box((0.6, 0.55, 2.2), (1.3, 1.0, 1.4), colour)
    made.box((0.65, 0.56, 2.35), (1.34, 0.85, 0.9), (80, 70, 55))
    rise = rng.uniform(0.5, 1.0)
    elbow = (1.0 + 2.9 * np.cos(rise), -0.3, 1.7 + 2.9 * np.sin(rise))
    made.tube((1.0, -0.3, 1.7), elbow, 0.26, 0.2, colour, sides=6)
    fall = rng.uniform(0.7, 1.3)
    wrist = (elbow[0] + 2.2 * np.cos(fall), -0.3, elbow[2] - 2.2 * np.sin(fall))
    made.tube(elbow, wrist, 0.2, 0.15, colour, sides=6)
    made.box((wrist[0], -0.3, wrist[2] - 0.3), (0.8, 0.9, 0.8), (60, 60, 60))
    made.labels[WHOLE] = NUMBER_OF["excavator"]
    return made


def special_vehicle(rng: np.random.Generator, place_m: Floats, yaw_rad: float, kind: str) -> Solid:
    """A fire engine, an ambulance, a police car, or a plain car that must not be taken for one."""
    made = _at(place_m, yaw_rad)
    if kind == "fire_truck":
        _fire_truck(rng, made)
    elif kind == "ambulance":
        _ambulance(rng, made)
    else:
        _car(rng, made, police=kind == "police_car")
    if kind in NUMBER_OF:
        made.labels[WHOLE] = NUMBER_OF[kind]
    return made


def _fire_truck(rng: np.random.Generator, made: Solid) -> None:
    _chassis(made, varied(rng, (30, 30, 205), 14))
    made.box((-1.1, 0, 1.9), (4.7, 2.4, 2.0), varied(rng, (30, 30, 205), 14))
    for side in SIDES:
        made.box((-1.1, side * 1.22, 1.5), (4.6, 0.03, 0.25), (225, 225, 225))
    made.box((-1, 0, 3.05), (4.6, 0.7, 0.2), (180, 180, 180))
    made.box((2.6, 0, 2.95), (0.35, 1.6, 0.25), (230, 60, 30))
    for side in SIDES:
        for x in (-1.4, 0, 1.4):
            made.box((-1.1 + x, side * 1.23, 2.1), (1.1, 0.02, 0.8), (150, 150, 155))


def _ambulance(rng: np.random.Generator, made: Solid) -> None:
    white = varied(rng, (240, 240, 240), 8)
    made.box((-0.4, 0, 1.35), (4.3, 2.0, 1.9), white)
    made.box((2.2, 0, 1.0), (1.1, 1.95, 1.1), white)
    made.box((1.78, 0, 1.75), (0.1, 1.7, 0.7), GLASS)
    for side in SIDES:
        made.box((-0.3, side * 1.01, 1.15), (4.4, 0.03, 0.22), (40, 40, 220))
    for side in SIDES:
        made.box((-0.9, side * 1.02, 1.7), (0.7, 0.03, 0.22), (40, 40, 220))
        made.box((-0.9, side * 1.02, 1.7), (0.22, 0.03, 0.7), (40, 40, 220))
    made.box((1.2, 0, 2.4), (0.35, 1.5, 0.22), (240, 70, 30))
    for x in (-1.5, 1.8):
        for side in SIDES:
            made.wheel((x, side * 0.95, 0.36), 0.36)


def _car(rng: np.random.Generator, made: Solid, *, police: bool) -> None:
    colour = varied(rng, (240, 240, 240), 8) if police else one_of(rng, CARS, 25)
    made.box((0, 0, 0.65), (4.5, 1.8, 0.65), colour)
    made.box((-0.2, 0, 1.2), (2.3, 1.6, 0.55), (80, 70, 60))
    made.box((-0.2, 0, 1.5), (2.0, 1.5, 0.08), colour)
    for x in (-1.4, 1.4):
        for side in SIDES:
            made.wheel((x, side * 0.85, 0.33), 0.33)
    if police:
        for side in SIDES:
            made.box((0, side * 0.91, 0.7), (4.4, 0.03, 0.3), (170, 60, 20))
        made.box((0, 0, 0.99), (4.4, 1.0, 0.04), (170, 60, 20))
        made.box((-0.2, 0.4, 1.62), (0.35, 0.65, 0.2), (40, 40, 230))
        made.box((-0.2, -0.4, 1.62), (0.35, 0.65, 0.2), (240, 70, 30))


def segment_stack(rng: np.random.Generator, place_m: Floats, yaw_rad: float, layers: int) -> Solid:
    """Tunnel segments on each other with timber between; every layer has its own label."""
    made = _at(place_m, yaw_rad)
    wide_m, thick_m, deep_m, pieces = rng.uniform(2.4, 3.2), 0.35, 1.4, 5
    concrete = varied(rng, (165, 168, 170), 10)
    for layer in range(layers):
        colour = [value * rng.uniform(0.88, 1.05) for value in concrete]
        bottom_m = 0.2 + layer * 0.55
        for piece in range(pieces):
            off = (piece - (pieces - 1) / 2) / ((pieces - 1) / 2)
            centre = (off * wide_m * 0.42, 0, bottom_m + 0.3 - 0.3 * off * off + thick_m / 2 - 0.1)
            size = (wide_m / pieces * 1.02, deep_m, thick_m)
            made.box(centre, size, colour, f"layer {layer}", pitch_rad=-off * 0.32)
        if layer < layers - 1:
            for side in SIDES:
                made.box((side * wide_m * 0.3, 0, bottom_m + 0.32), (0.15, deep_m, 0.16), (70, 110, 150), "timber")
        made.labels[f"layer {layer}"] = NUMBER_OF["segment"]
    return made


def guardrail(rng: np.random.Generator, place_m: Floats, yaw_rad: float, panels: int) -> Solid:
    """Panels of two metres in a row; every panel has its own label."""
    made = _at(place_m, yaw_rad)
    colour = one_of(rng, RAILS, 12)
    other: Sequence[float] = (235, 235, 235) if rng.random() < 0.6 else (40, 40, 40)
    for panel in range(panels):
        x, part = panel * 2.0, f"panel {panel}"
        for off in (0.05, 1.95):
            made.box((x + off, 0, 0.6), (0.07, 0.07, 1.2), colour, part)
        for z in (0.35, 0.75, 1.12):
            for piece in range(5):
                made.box((x + 0.05 + 0.19 + piece * 0.38, 0, z), (0.38, 0.05, 0.08), colour if piece % 2 else other, part)
        made.labels[part] = NUMBER_OF["guardrail"]
    return made


def shed(rng: np.random.Generator, place_m: Floats, yaw_rad: float) -> Solid:
    """A box of no class: a network must learn to leave it alone."""
    made = _at(place_m, yaw_rad)
    size = (rng.uniform(1, 5), rng.uniform(1, 2.5), rng.uniform(0.6, 2.8))
    made.box((0, 0, size[2] / 2), size, shaded(one_of(rng, SHEDS, 30), 1.0))
    return made
