"""What the output of each layout means: corners in model pixels, scores, class numbers, and mask coefficients if any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.errors import ModelShapeDiffers
from vision.models.manifest import Layout, Manifest

Floats = NDArray[np.float64]
#: Boxes looked at after the score, and left of each class at the end.
MOST_CANDIDATES, MOST_OF_A_CLASS = 3000, 300
MASK_COEFFICIENTS = 32
#: Layouts whose boxes overlap until the best are picked.
OVERLAPPING = frozenset({Layout.YOLOV5, Layout.YOLOV8, Layout.YOLOX, Layout.YOLOV8_SEG})


@dataclass(frozen=True, kw_only=True)
class Raw:
    """Boxes as the model gives them."""

    corners: Floats
    scores: Floats
    classes: NDArray[np.int64]
    #: (n, 32) for masks; else (n, 0).
    coefficients: Floats


def decode(manifest: Manifest, outputs: Sequence[NDArray[np.generic]]) -> Raw:
    """Everything above the lowest threshold, before overlaps are removed. Values that are no numbers are left as they are."""
    arrays = [np.asarray(one, np.float64) for one in outputs]
    return _DECODERS[manifest.output.layout](manifest, arrays)


def cleaned(raw: Raw) -> Raw:
    """Without what cannot be a box: no numbers, no size, a score beyond 0 to 1."""
    good = np.isfinite(raw.corners).all(1) & np.isfinite(raw.scores) & (raw.scores >= 0) & (raw.scores <= 1 + 1e-6)
    good &= (raw.corners[:, 2] > raw.corners[:, 0]) & (raw.corners[:, 3] > raw.corners[:, 1])
    return _picked(raw, np.flatnonzero(good))


def without_overlaps(raw: Raw, nms_iou: float) -> Raw:
    """The best of every heap of one class, at most ``MOST_OF_A_CLASS``."""
    kept: list[int] = []
    for number in np.unique(raw.classes):
        rows = np.flatnonzero(raw.classes == number)
        rows = rows[np.argsort(-raw.scores[rows], kind="stable")]
        ours = 0
        while len(rows) and ours < MOST_OF_A_CLASS:
            best, rows = int(rows[0]), rows[1:]
            kept.append(best)
            ours += 1
            rows = rows[_iou(raw.corners[best], raw.corners[rows]) <= nms_iou]
    return _picked(raw, np.array(sorted(kept, key=lambda row: -raw.scores[row]), np.int64))


def best_of(raw: Raw, most: int = MOST_CANDIDATES) -> Raw:
    """The rows with the highest scores."""
    if len(raw.scores) <= most:
        return raw
    return _picked(raw, np.argsort(-raw.scores, kind="stable")[:most])


def above(raw: Raw, limits: Floats) -> Raw:
    """Rows of a class that exists and whose score reaches the class's limit."""
    known = (raw.classes >= 0) & (raw.classes < len(limits))
    rows = np.flatnonzero(known)
    return _picked(raw, rows[raw.scores[rows] >= limits[raw.classes[rows]]])


def expected_shapes(manifest: Manifest) -> list[tuple[int | None, ...]]:
    """The shapes of the outputs a manifest promises; None: any."""
    count, layout = len(manifest.classes), manifest.output.layout
    high, wide = manifest.input.size
    cells = sum((high // stride) * (wide // stride) for stride in manifest.output.strides)
    if layout is Layout.YOLOV8:
        return [(1, None, 4 + count) if manifest.output.transposed else (1, 4 + count, None)]
    if layout is Layout.YOLOV8_SEG:
        return [(1, 4 + count + MASK_COEFFICIENTS, None), (1, MASK_COEFFICIENTS, None, None)]
    shapes: dict[Layout, list[tuple[int | None, ...]]] = {
        Layout.YOLOV5: [(1, None, 5 + count)],
        Layout.YOLOX: [(1, cells, 5 + count)],
        Layout.YOLO_E2E: [(1, None, 6)],
        Layout.DETR_LOGITS: [(1, None, 4), (1, None, None)],
        Layout.DETR_POST: [(1, None), (1, None, 4), (1, None)],
        Layout.VECTOR: [(1, count or None)],
    }
    return shapes[layout]


def check_shape(name: str, shape: Sequence[int | str | None], expected: Sequence[int | None]) -> None:
    """Refuse a shape that is not the one promised; a dimension without a number fits any."""
    fits = len(shape) == len(expected) and all(
        want is None or not isinstance(have, int) or have == want for have, want in zip(shape, expected, strict=True)
    )
    if not fits:
        said = "×".join("?" if one is None else str(one) for one in expected)
        raise ModelShapeDiffers(field="/output/layout", name=name, shape="×".join(map(str, shape)), expected=said)


def _yolov5(_: Manifest, outputs: list[Floats]) -> Raw:
    rows = outputs[0][0]
    return _scored(_from_centre(rows[:, :4]), rows[:, 5:] * rows[:, 4:5])


def _yolov8(manifest: Manifest, outputs: list[Floats]) -> Raw:
    rows = outputs[0][0] if manifest.output.transposed else outputs[0][0].T
    return _scored(_from_centre(rows[:, :4]), rows[:, 4:])


def _yolov8_seg(manifest: Manifest, outputs: list[Floats]) -> Raw:
    rows = outputs[0][0].T
    count = len(manifest.classes)
    return _scored(_from_centre(rows[:, :4]), rows[:, 4 : 4 + count], rows[:, 4 + count :])


def _yolo_e2e(_: Manifest, outputs: list[Floats]) -> Raw:
    rows = outputs[0][0]
    return _raw(rows[:, :4], rows[:, 4], rows[:, 5])


def _yolox(manifest: Manifest, outputs: list[Floats]) -> Raw:
    rows = outputs[0][0]
    high, wide = manifest.input.size
    cells, strides = [], []
    for stride in manifest.output.strides:
        y, x = np.meshgrid(np.arange(high // stride), np.arange(wide // stride), indexing="ij")
        cells.append(np.stack([x.ravel(), y.ravel()], -1))
        strides.append(np.full(x.size, float(stride)))
    step = np.concatenate(strides)[:, None]
    centre = (rows[:, :2] + np.concatenate(cells)) * step
    with np.errstate(over="ignore"):
        size = np.exp(rows[:, 2:4]) * step
    return _scored(_from_centre(np.concatenate([centre, size], 1)), rows[:, 5:] * rows[:, 4:5])


def _detr_logits(manifest: Manifest, outputs: list[Floats]) -> Raw:
    high, wide = manifest.input.size
    first = manifest.output.class_offset
    logits = outputs[1][0][:, first : first + len(manifest.classes)]
    with np.errstate(over="ignore"):
        scores = 1 / (1 + np.exp(-logits))
    return _scored(_from_centre(outputs[0][0] * [wide, high, wide, high]), scores)


def _detr_post(manifest: Manifest, outputs: list[Floats]) -> Raw:
    labels, boxes, scores = outputs
    return _raw(boxes[0], scores[0], labels[0] - manifest.output.class_offset)


_DECODERS: dict[Layout, Callable[[Manifest, list[Floats]], Raw]] = {
    Layout.YOLOV5: _yolov5,
    Layout.YOLOV8: _yolov8,
    Layout.YOLOV8_SEG: _yolov8_seg,
    Layout.YOLO_E2E: _yolo_e2e,
    Layout.YOLOX: _yolox,
    Layout.DETR_LOGITS: _detr_logits,
    Layout.DETR_POST: _detr_post,
}


def _from_centre(boxes: Floats) -> Floats:
    half = boxes[:, 2:] / 2
    return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], 1)


def _scored(corners: Floats, scores: Floats, coefficients: Floats | None = None) -> Raw:
    classes = scores.argmax(1).astype(np.int64)
    best = scores[np.arange(len(scores)), classes]
    rest = np.zeros((len(best), 0)) if coefficients is None else coefficients
    return Raw(corners=corners, scores=best, classes=classes, coefficients=rest)


def _raw(corners: Floats, scores: Floats, classes: Floats) -> Raw:
    numbers = np.where(np.isfinite(classes), classes, -1).astype(np.int64)
    return Raw(corners=corners, scores=scores, classes=numbers, coefficients=np.zeros((len(scores), 0)))


def _picked(raw: Raw, rows: NDArray[np.intp] | NDArray[np.int64]) -> Raw:
    return Raw(corners=raw.corners[rows], scores=raw.scores[rows], classes=raw.classes[rows], coefficients=raw.coefficients[rows])


def _iou(one: Floats, others: Floats) -> Floats:
    low, high = np.maximum(one[:2], others[:, :2]), np.minimum(one[2:], others[:, 2:])
    both = np.clip(high - low, 0, None).prod(1)
    areas = (others[:, 2:] - others[:, :2]).prod(1)
    answer: Floats = both / ((one[2:] - one[:2]).prod() + areas - both + 1e-9)
    return answer
