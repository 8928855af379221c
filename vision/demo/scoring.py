"""Average precision of a detector on drawn scenes it was not trained on: mAP50 with 101 points of recall, as COCO takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.demo.catalogue import CLASSES
from vision.demo.scenes import Scene, render
from vision.looks import Box, Detection

Floats = NDArray[np.float64]
#: Seeds of scenes nothing was ever trained or calibrated on.
HELD_OUT_FROM = 30_000_000
HIT_IOU, IGNORED_IOU = 0.5, 0.3


@dataclass(frozen=True, kw_only=True)
class Score:
    """How well a detector does."""

    scenes: int
    map50: float
    per_class: dict[str, float]


def score_detector(detect: Callable[[NDArray[np.uint8]], Sequence[Detection]], scenes: int, *, size_px: int = 416) -> Score:
    """The score on so many scenes that were held out."""
    drawn = [render(HELD_OUT_FROM + i, size_px) for i in range(scenes)]
    found = [detect(scene.image) for scene in drawn]
    per_class = {}
    for number, name in enumerate(CLASSES):
        precision = average_precision(number, name, drawn, found)
        if precision is not None:
            per_class[name] = round(precision, 3)
    return Score(scenes=scenes, map50=round(float(np.mean(list(per_class.values()))), 4), per_class=per_class)


def average_precision(number: int, name: str, scenes: Sequence[Scene], found: Sequence[Sequence[Detection]]) -> float | None:
    """Of one class; None when no scene has it."""
    wanted = [_boxes(scene.boxes, number) for scene in scenes]
    ignored = [_boxes(scene.ignored, number) for scene in scenes]
    total = sum(map(len, wanted))
    if not total:
        return None
    ranked = sorted(
        ((one.score, i, one.box) for i, detections in enumerate(found) for one in detections if one.kind == name),
        key=lambda item: -item[0],
    )
    taken: list[set[int]] = [set() for _ in scenes]
    hits = []
    for _, i, box in ranked:
        overlaps = [box.iou(one) for one in wanted[i]]
        best = int(np.argmax(overlaps)) if overlaps else -1
        if best >= 0 and overlaps[best] >= HIT_IOU and best not in taken[i]:
            taken[i].add(best)
            hits.append(1.0)
        elif not any(box.iou(one) > IGNORED_IOU for one in ignored[i]):
            hits.append(0.0)
    if not hits:
        return 0.0
    true = np.cumsum(hits)
    recall, precision = true / total, true / np.arange(1, len(hits) + 1)
    best_after = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, np.linspace(0, 1, 101))
    return float(np.mean(np.where(at < len(hits), best_after[np.minimum(at, len(hits) - 1)], 0.0)))


def _boxes(rows: NDArray[np.float32], number: int) -> list[Box]:
    return [Box(x1=float(r[1]), y1=float(r[2]), x2=float(r[3]), y2=float(r[4])) for r in rows if int(r[0]) == number]
