"""The manifest of a model: ``model.json`` beside the ONNX file. Nothing about a model is guessed from its name.

This is a border: users write these files, and pydantic says what is wrong with them.
"""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from vision.errors import ModelManifestUnreadable, ModelManifestWrong

MANIFEST = "model.json"
LARGEST_MANIFEST_BYTES = 256 * 1024
LARGEST_INPUT_PX, SMALLEST_INPUT_PX = 2048, 32
MOST_CLASSES = 1000
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Task(StrEnum):
    """What a model does."""

    DETECT = "detect"
    SEGMENT = "segment"
    CLASSIFY = "classify"
    EMBED = "embed"


class ModelGrade(StrEnum):
    """What a model may be used for."""

    PRODUCTION = "production"
    PILOT = "pilot"
    #: Trained on drawn scenes only: for tests and demonstrations, never for a real site.
    DEMO_SYNTHETIC = "demo-synthetic"


class Layout(StrEnum):
    """How a model writes down what it found."""

    YOLOV5 = "yolov5"
    YOLOV8 = "yolov8"
    YOLO_E2E = "yolo_e2e"
    YOLOX = "yolox"
    DETR_LOGITS = "detr_logits"
    DETR_POST = "detr_post"
    YOLOV8_SEG = "yolov8_seg"
    VECTOR = "vector"


class Resize(StrEnum):
    """How a picture is brought to the model's size."""

    LETTERBOX = "letterbox"
    LETTERBOX_TOPLEFT = "letterbox_topleft"
    STRETCH = "stretch"


class Part(BaseModel):
    """Frozen, strict, and closed to names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class InputSpec(Part):
    """What goes in."""

    name: str = Field(min_length=1, max_length=200)
    #: Height and width.
    size: tuple[
        Annotated[int, Field(ge=SMALLEST_INPUT_PX, le=LARGEST_INPUT_PX)],
        Annotated[int, Field(ge=SMALLEST_INPUT_PX, le=LARGEST_INPUT_PX)],
    ]
    layout: str = Field("nchw", pattern="^(nchw|nhwc)$")
    color: str = Field("rgb", pattern="^(rgb|bgr)$")
    dtype: str = Field("float32", pattern="^(float32|float16|uint8)$")
    scale: Finite = 1 / 255
    mean: tuple[Finite, Finite, Finite] = (0.0, 0.0, 0.0)
    std: tuple[Finite, Finite, Finite] = (1.0, 1.0, 1.0)
    resize: Resize = Resize.LETTERBOX
    pad: int = Field(114, ge=0, le=255)

    @model_validator(mode="after")
    def _divisible(self) -> Self:
        if min(self.std) <= 0:
            raise ValueError("std must be positive")
        return self


class OutputSpec(Part):
    """What comes out."""

    layout: Layout
    #: yolov8 only: (1, N, 4 + classes) instead of (1, 4 + classes, N).
    transposed: bool = False
    names: tuple[str, ...] = Field(min_length=1, max_length=4)
    strides: tuple[Annotated[int, Field(ge=1, le=256)], ...] = (8, 16, 32)
    #: detr only: the first class's column.
    class_offset: int = Field(0, ge=0, le=10)


class ClassSpec(Part):
    """One class, in the order of the model's outputs."""

    name: Name
    zh: str = Field(min_length=1, max_length=40)
    aliases: tuple[str, ...] = ()


class Thresholds(Part):
    """From which score a box counts, and how much two boxes of one class may overlap."""

    score: Share = 0.35
    per_class: dict[Name, Share] = {}
    nms_iou: Share = 0.6


class Evaluation(Part):
    """On what the model was measured, and how well it did."""

    set: str = Field(min_length=1, max_length=300)
    mAP50: Share  # noqa: N815  written so in the manifests of others
    per_class: dict[Name, Share] = {}
    date: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")


class Training(Part):
    """How it was made, where that is known."""

    script: str = Field(max_length=200)
    seed: int
    images_seen: int = Field(ge=0)


class Manifest(Part):
    """Everything the product needs to know about a model."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    version: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$")
    task: Task
    file: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}\.onnx$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str = Field(min_length=1, max_length=100)
    source: str = Field(min_length=1, max_length=300)
    grade: ModelGrade
    input: InputSpec
    output: OutputSpec
    classes: tuple[ClassSpec, ...] = Field(max_length=MOST_CLASSES)
    thresholds: Thresholds = Thresholds()
    eval: Evaluation | None = None
    training: Training | None = None
    providers: tuple[str, ...] = ("CPUExecutionProvider",)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        names = [one.name for one in self.classes]
        if len(set(names)) < len(names):
            raise ValueError("two classes have the same name")
        if not names and self.task is not Task.EMBED:
            raise ValueError("no classes")
        if set(self.thresholds.per_class) - set(names):
            raise ValueError("a threshold is given for a class that is not there")
        tasks = {Layout.VECTOR: {Task.EMBED, Task.CLASSIFY}, Layout.YOLOV8_SEG: {Task.SEGMENT}}
        if self.task not in tasks.get(self.output.layout, {Task.DETECT}):
            raise ValueError("this task does not go with this layout")
        wanted = {Layout.DETR_LOGITS: 2, Layout.YOLOV8_SEG: 2, Layout.DETR_POST: 3}.get(self.output.layout, 1)
        if len(self.output.names) != wanted:
            raise ValueError(f"this layout has {wanted} outputs")
        return self

    @property
    def kinds(self) -> frozenset[str]:
        """What it can tell apart."""
        return frozenset(one.name for one in self.classes)

    def threshold(self, kind: str) -> float:
        """From which score a class counts."""
        return self.thresholds.per_class.get(kind, self.thresholds.score)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a model's folder, or the sentence that says what is wrong with it."""
    path = folder / MANIFEST
    try:
        if path.is_symlink() or path.stat().st_size > LARGEST_MANIFEST_BYTES:
            raise ModelManifestUnreadable(field=f"/{MANIFEST}")
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelManifestUnreadable(field=f"/{MANIFEST}") from error
    return parsed_manifest(content)


def parsed_manifest(content: object) -> Manifest:
    """A manifest from what JSON held."""
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = "/" + "/".join(str(one) for one in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise ModelManifestWrong(field=place, place=place, reason=reason) from error
