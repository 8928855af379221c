"""Ground, sky, water, fire, smoke, and what a camera does to a picture. None of it is made of solids."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.demo.catalogue import NUMBER_OF
from vision.demo.drawing import Labels, SceneCamera
from vision.demo.solids import Floats, one_of, varied

Picture = NDArray[np.float32]
GROUNDS = ((95, 120, 140), (120, 125, 128), (80, 105, 120), (85, 110, 95))
SKIES = ((225, 205, 185), (190, 185, 180), (235, 180, 130))
SMOKES = ((200, 200, 200), (120, 120, 120), (60, 60, 60))
#: Fewer pixels than these are no puddle and no fire.
SMALLEST_PUDDLE_PX, SMALLEST_FIRE_PX = 60, 40
PUFFS = 14


def mottled(rng: np.random.Generator, size_px: int, octaves: int, strength: float) -> Picture:
    """Smooth noise of several scales."""
    sum_ = np.zeros((size_px, size_px), np.float32)
    for octave in range(octaves):
        cells = 4 * 2**octave
        coarse = rng.normal(0, strength / (octave + 1), (cells, cells)).astype(np.float32)
        sum_ += cv2.resize(coarse, (size_px, size_px), interpolation=cv2.INTER_CUBIC)
    return sum_


def backdrop(rng: np.random.Generator, camera: SceneCamera) -> Picture:
    """Ground with patches, and sky with buildings where the horizon is in the picture."""
    size, horizon = camera.size_px, camera.horizon_px
    image = np.zeros((size, size, 3), np.float32)
    ground = np.array(one_of(rng, GROUNDS, 15), np.float32)
    image[:] = ground
    image += mottled(rng, size, 5, 9)[..., None]
    if horizon > 0:
        image[: int(horizon)] = np.array(one_of(rng, SKIES, 10))
    if horizon > 2:
        x = 0
        while x < size:
            width, height = int(rng.integers(20, 90)), int(rng.integers(5, 60))
            colour = varied(rng, (140, 140, 140), 30)
            cv2.rectangle(image, (x, int(horizon) - height), (x + width, int(horizon)), colour, -1)
            x += width + int(rng.integers(0, 30))
    for _ in range(int(rng.integers(1, 6))):
        corners = rng.integers(0, size, (rng.integers(3, 6), 2))
        if corners[:, 1].min() > horizon:
            cv2.fillPoly(image, [cv2.convexHull(corners.astype(np.int32))], varied(rng, [float(value) for value in ground], 14))
    return image


def puddle(rng: np.random.Generator, camera: SceneCamera, image: Picture, place_m: Floats, labels: Labels) -> Picture:
    """Standing water with the sky in it."""
    size = camera.size_px
    turn = np.linspace(0, 6.28, 24, endpoint=False)
    mean_m, ripple = rng.uniform(0.8, 3.0), rng.normal(0, 1, 24)
    smooth = np.convolve(np.r_[ripple[-2:], ripple, ripple[:2]], np.ones(5) / 5, "valid")[:24]
    radius_m = mean_m * (1 + 0.3 * smooth)
    x = place_m[0] + radius_m * np.cos(turn)
    y = place_m[1] + radius_m * np.sin(turn) * rng.uniform(0.5, 1.2)
    shore, depth = camera.project(np.stack([x, y, np.zeros(24)], 1))
    if depth.min() <= 0.5:
        return image
    mask = np.zeros((size, size), np.uint8)
    cv2.fillPoly(mask, [np.int32(shore)], (255,))  # type: ignore[list-item]
    rows, columns = np.nonzero(mask)
    if len(rows) <= SMALLEST_PUDDLE_PX:
        return image
    colour = np.array(varied(rng, (170, 155, 140), 15), np.float32)
    texture = mottled(rng, size, 3, 10)[..., None]
    soft = cv2.GaussianBlur(mask, (0, 0), 1.2).astype(np.float32) / 255
    cover = soft[..., None] * rng.uniform(0.75, 0.95)
    sheen = np.linspace(-25, 25, size, dtype=np.float32)[:, None, None]
    labels.add(NUMBER_OF["water"], _outline(rows, columns), 1)
    mixed: Picture = (image * (1 - cover) + cover * (colour + texture + sheen)).astype(np.float32)
    return mixed


def flames(rng: np.random.Generator, camera: SceneCamera, image: Picture, place_m: Floats, kind: str, labels: Labels) -> Picture:
    """Smoke or fire standing on a place."""
    size = camera.size_px
    (foot,), depth = camera.project([[*place_m, 0.0]])
    px_per_m = camera.focal_px / depth[0]
    body = np.zeros((size, size), np.float32)
    for puff in range(PUFFS):
        if kind == "smoke":
            x = foot[0] + rng.normal(0, 0.25 + 0.09 * puff) * px_per_m
            y = foot[1] - (0.2 + 0.28 * puff) * px_per_m
            radius = (0.3 + 0.07 * puff) * px_per_m * rng.uniform(0.7, 1.2)
        else:
            x, y = foot[0] + rng.normal(0, 0.3) * px_per_m, foot[1] - abs(rng.normal(0, 0.5)) * px_per_m
            radius = rng.uniform(0.12, 0.35) * px_per_m
        cv2.circle(body, (int(x), int(y)), max(1, int(radius)), (0.85 if kind == "smoke" else 1.0,), -1)
    body = cv2.GaussianBlur(body, (0, 0), max(0.8, (0.22 if kind == "smoke" else 0.08) * px_per_m)).astype(np.float32)
    rows, columns = np.nonzero(body > 0.33)
    if len(rows) < SMALLEST_FIRE_PX:
        return image
    texture = mottled(rng, size, 5, 0.22)
    if kind == "smoke":
        cover = np.clip(body * 1.3 + texture * body, 0, 0.85)[..., None]
        colour: Picture = np.array(one_of(rng, SMOKES, 12), np.float32)
    else:
        cover = np.clip(body * 1.6 + texture * body, 0, 1)[..., None]
        heat = np.clip(body * 1.2 + texture, 0, 1)[..., None]
        colour = np.array((20, 90, 245), np.float32) * (1 - heat) + np.array((150, 235, 255), np.float32) * heat
    labels.add(NUMBER_OF[kind], _outline(rows, columns), 1)
    mixed: Picture = (image * (1 - cover) + cover * colour).astype(np.float32)
    return mixed


def finished(rng: np.random.Generator, image: Picture) -> NDArray[np.uint8]:
    """Exposure, colour, softness, noise and, half the time, compression."""
    image = image * rng.uniform(0.55, 1.25)
    image = (image + rng.normal(0, 8, 3)).astype(np.float32)
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 1.0)).astype(np.float32)
    image = image + rng.normal(0, rng.uniform(1, 8), image.shape).astype(np.float32)
    done = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        packed = cv2.imencode(".jpg", done, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 92))])[1]
        done = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return done


def _outline(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> tuple[float, float, float, float]:
    return float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1)
