"""Running a model in a worker's process: one session, one thread, warm. Never in the process that answers requests.

A model's native code may crash; then one worker is lost and not the server. More threads than one make a shared machine slower,
and batches gain nothing on a CPU (vision.md, results 3 and 4): whoever wants more looks starts more processes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from vision.errors import ModelDoesNotLoad, ModelOutputBroken, ModelShapeDiffers
from vision.looks import Box, Detection
from vision.models.layouts import (
    MASK_COEFFICIENTS,
    OVERLAPPING,
    Raw,
    above,
    best_of,
    check_shape,
    cleaned,
    decode,
    expected_shapes,
    without_overlaps,
)
from vision.models.manifest import InputSpec, Layout
from vision.models.pictures import Fitted, Picture, prepared
from vision.models.store import checked_file

_TYPES = {"float32": "tensor(float)", "float16": "tensor(float16)", "uint8": "tensor(uint8)"}
_worker = {"here": False}


def become_model_process() -> None:
    """Say that this process may load models: called by workers when they start, and by nobody else."""
    _worker["here"] = True
    cv2.setNumThreads(1)
    onnxruntime.set_default_logger_severity(3)


class Detector:
    """One model, loaded."""

    def __init__(self, folder: Path, *, providers: tuple[str, ...] = ("CPUExecutionProvider",)) -> None:
        if not _worker["here"]:
            raise RuntimeError("models are loaded in worker processes only")
        self.manifest, data = checked_file(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        usable = [one for one in providers if one in onnxruntime.get_available_providers()] or ["CPUExecutionProvider"]
        try:
            # From bytes: a model in memory has no folder next to which it could look for more files.
            self._session = onnxruntime.InferenceSession(data, options, providers=usable)
        except Exception as error:  # the runtime has no common base for what it raises
            raise ModelDoesNotLoad(field="/file") from error
        self._check_border()
        self._limits = np.array([self.manifest.threshold(one.name) for one in self.manifest.classes])

    @property
    def kinds(self) -> frozenset[str]:
        """What it can tell apart."""
        return self.manifest.kinds

    def detect(self, image: Picture) -> tuple[Detection, ...]:
        """What is in a BGR picture, best first. Rows that cannot be boxes are left out."""
        outputs, fit = self._run(image)
        raw = self._rows(outputs)
        corners = fit.back(raw.corners)
        outlines = self._outlines(raw, outputs, fit)
        found = []
        for i, (x1, y1, x2, y2) in enumerate(corners):
            if x2 - x1 < 1 or y2 - y1 < 1:
                continue
            name = self.manifest.classes[int(raw.classes[i])].name
            box = Box(x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2))
            found.append(Detection(kind=name, score=min(1.0, float(raw.scores[i])), box=box, outline_px=outlines(i)))
        return tuple(found)

    def prove(self) -> None:
        """One run on a grey picture: shapes and values must be what the manifest says."""
        high, wide = self.manifest.input.size
        outputs, _ = self._run(np.full((high, wide, 3), 127, np.uint8))
        expected = expected_shapes(self.manifest)
        for name, output, shape in zip(self.manifest.output.names, outputs, expected, strict=True):
            check_shape(name, np.asarray(output).shape, shape)
            if not np.isfinite(np.asarray(output, np.float64)).all():
                raise ModelOutputBroken(field=f"/output/names/{self.manifest.output.names.index(name)}")
        if self.manifest.output.layout is Layout.VECTOR:
            return
        raw = decode(self.manifest, outputs)
        broken = ~np.isfinite(raw.corners).all(1) | (raw.scores < -1e-6) | (raw.scores > 1 + 1e-6)
        if broken.any() or (raw.classes < 0).any() or (raw.classes >= len(self.manifest.classes)).any():
            raise ModelOutputBroken(field="/output/layout")

    def _run(self, image: Picture) -> tuple[list[NDArray[Any]], Fitted]:
        tensor, fit = prepared(image, self.manifest.input)
        outputs = self._session.run(list(self.manifest.output.names), {self.manifest.input.name: tensor})
        return [np.asarray(one) for one in outputs], fit

    def _rows(self, outputs: list[NDArray[Any]]) -> Raw:
        raw = best_of(above(cleaned(decode(self.manifest, outputs)), self._limits))
        overlapping = self.manifest.output.layout in OVERLAPPING
        # Layouts without overlaps still get the cap on each class.
        return without_overlaps(raw, self.manifest.thresholds.nms_iou if overlapping else 1.0)

    def _outlines(self, raw: Raw, outputs: list[NDArray[Any]], fit: Fitted) -> Callable[[int], tuple[tuple[float, float], ...]]:
        if self.manifest.output.layout is not Layout.YOLOV8_SEG:
            return lambda _: ()
        masks = np.asarray(outputs[1][0], np.float64)
        flat = masks.reshape(MASK_COEFFICIENTS, -1)
        high, wide = self.manifest.input.size

        def outline(i: int) -> tuple[tuple[float, float], ...]:
            mask = (raw.coefficients[i] @ flat).reshape(masks.shape[1:]) > 0
            return _contour(mask, raw.corners[i], (wide / masks.shape[2], high / masks.shape[1]), fit)

        return outline

    def _check_border(self) -> None:
        spec = self.manifest.input
        inputs = {one.name: one for one in self._session.get_inputs()}
        if list(inputs) != [spec.name]:
            raise ModelShapeDiffers(field="/input/name", name="input", shape=", ".join(inputs) or "-", expected=spec.name)
        given = inputs[spec.name]
        if given.type != _TYPES[spec.dtype]:
            raise ModelShapeDiffers(field="/input/dtype", name=spec.name, shape=given.type, expected=_TYPES[spec.dtype])
        check_shape(spec.name, given.shape, _input_shape(spec))
        outputs = {one.name: one for one in self._session.get_outputs()}
        for name, shape in zip(self.manifest.output.names, expected_shapes(self.manifest), strict=True):
            if name not in outputs:
                raise ModelShapeDiffers(field="/output/names", name="output", shape=", ".join(outputs), expected=name)
            check_shape(name, outputs[name].shape, shape)


def _input_shape(spec: InputSpec) -> tuple[int, ...]:
    high, wide = spec.size
    return (1, 3, high, wide) if spec.layout == "nchw" else (1, high, wide, 3)


def _contour(
    mask: NDArray[np.bool_], corners: NDArray[np.float64], step: tuple[float, float], fit: Fitted
) -> tuple[tuple[float, float], ...]:
    """The longest outline of a mask inside its box, in picture pixels."""
    x1, y1, x2, y2 = corners / np.array([*step, *step])
    inside = np.zeros_like(mask)
    inside[max(0, int(y1)) : int(np.ceil(y2)), max(0, int(x1)) : int(np.ceil(x2))] = True
    found, _ = cv2.findContours((mask & inside).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not found:
        return ()
    longest = max(found, key=cv2.contourArea).reshape(-1, 2)
    points = fit.points_back((longest + 0.5) * np.array(step))
    return tuple((float(x), float(y)) for x, y in points) if len(points) >= 3 else ()
