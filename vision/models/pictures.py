"""A picture as a model wants it, and the way back from the model's pixels to the picture's."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.models.manifest import InputSpec, Resize

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]
_TYPES = {"float32": np.float32, "float16": np.float16, "uint8": np.uint8}


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """How a picture lies in the model's input: model pixel = picture pixel × scale + offset."""

    scale_x: float
    scale_y: float
    left_px: float
    top_px: float
    width_px: int
    height_px: int

    def back(self, corners: Floats) -> Floats:
        """Corners (n, 4) x1, y1, x2, y2 from model pixels to picture pixels, cut at its edge."""
        offset = np.array([self.left_px, self.top_px] * 2)
        scale = np.array([self.scale_x, self.scale_y] * 2)
        limit = np.array([self.width_px, self.height_px] * 2, float)
        placed: Floats = np.clip((corners - offset) / scale, 0, limit)
        return placed

    def points_back(self, points: Floats) -> Floats:
        """Points (n, 2) likewise."""
        offset, scale = np.array([self.left_px, self.top_px]), np.array([self.scale_x, self.scale_y])
        placed: Floats = np.clip((points - offset) / scale, 0, [self.width_px, self.height_px])
        return placed


def fitted(width_px: int, height_px: int, spec: InputSpec) -> Fitted:
    """Where a picture of some size goes."""
    high, wide = spec.size
    if spec.resize is Resize.STRETCH:
        scale_x, scale_y = wide / width_px, high / height_px
        return Fitted(scale_x=scale_x, scale_y=scale_y, left_px=0, top_px=0, width_px=width_px, height_px=height_px)
    scale = min(wide / width_px, high / height_px)
    inner_wide, inner_high = round(width_px * scale), round(height_px * scale)
    middle = spec.resize is Resize.LETTERBOX
    left = (wide - inner_wide) // 2 if middle else 0
    top = (high - inner_high) // 2 if middle else 0
    return Fitted(scale_x=scale, scale_y=scale, left_px=left, top_px=top, width_px=width_px, height_px=height_px)


def prepared(image: Picture, spec: InputSpec) -> tuple[NDArray[np.generic], Fitted]:
    """The input tensor of a BGR picture."""
    height_px, width_px = image.shape[:2]
    fit = fitted(width_px, height_px, spec)
    high, wide = spec.size
    inner = (wide, high) if spec.resize is Resize.STRETCH else (round(width_px * fit.scale_x), round(height_px * fit.scale_y))
    small = image if inner == (width_px, height_px) else cv2.resize(image, inner, interpolation=cv2.INTER_LINEAR)
    whole = np.full((high, wide, 3), spec.pad, np.uint8)
    top, left = int(fit.top_px), int(fit.left_px)
    whole[top : top + inner[1], left : left + inner[0]] = small
    if spec.color == "rgb":
        whole = whole[..., ::-1]
    if spec.dtype == "uint8":
        tensor: NDArray[np.generic] = whole
    else:
        scaled = whole.astype(np.float32) * np.float32(spec.scale)
        if any(spec.mean) or spec.std != (1.0, 1.0, 1.0):
            mean, std = np.array(spec.mean, np.float32), np.array(spec.std, np.float32)
            scaled = ((scaled - mean) / std).astype(np.float32)
        tensor = scaled.astype(_TYPES[spec.dtype])
    if spec.layout == "nchw":
        tensor = tensor.transpose(2, 0, 1)
    return np.ascontiguousarray(tensor[None]), fit
