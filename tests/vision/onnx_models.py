"""Small ONNX models made by hand: constants that say where things are, in every layout, and models nobody should load."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIZE = 64
#: Class, score, corners in model pixels: what every layout below holds.
THINGS = ((0, 0.9, 8.0, 8.0, 24.0, 40.0), (1, 0.8, 30.0, 20.0, 60.0, 60.0))
CLASSES = [{"name": "person", "zh": "人"}, {"name": "helmet", "zh": "安全帽"}, {"name": "head", "zh": "头"}]


def model(
    outputs: dict[str, np.ndarray], *, size: int = SIZE, opset: int = 17, extra: Sequence[onnx.NodeProto] = ()
) -> onnx.ModelProto:
    """A model that answers constants whatever it sees."""
    nodes, inits = [helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0)], []
    inits.append(numpy_helper.from_array(np.zeros((), np.float32), "zero"))
    nodes.append(helper.make_node("Mul", ["mean", "zero"], ["nothing"]))
    infos = []
    for name, value in outputs.items():
        inits.append(numpy_helper.from_array(value.astype(np.float32), f"{name}_value"))
        nodes.append(helper.make_node("Add", [f"{name}_value", "nothing"], [name]))
        infos.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape))
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, (1, 3, size, size))
    graph = helper.make_graph([*nodes, *extra], "constant", [images], infos, inits)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def manifest(data: bytes, layout: str, names: Sequence[str], **more: Any) -> dict[str, Any]:
    content: dict[str, Any] = {
        "name": "test",
        "version": "1",
        "task": "segment" if layout == "yolov8_seg" else "detect",
        "file": "test.onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "licence": "Apache-2.0",
        "source": "made by a test",
        "grade": "pilot",
        "input": {"name": "images", "size": [SIZE, SIZE]},
        "output": {"layout": layout, "names": list(names)},
        "classes": CLASSES,
    }
    for key, value in more.items():
        content[key] = content[key] | value if isinstance(content.get(key), dict) else value
    return content


def write(
    folder: Path, made: onnx.ModelProto | bytes, layout: str = "yolov8", names: Sequence[str] = ("out",), **more: Any
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    data = made if isinstance(made, bytes) else made.SerializeToString()
    (folder / "test.onnx").write_bytes(data)
    (folder / "model.json").write_text(json.dumps(manifest(data, layout, names, **more)))
    return folder


def centred(rows: int = 100) -> np.ndarray:
    """(rows, 4 + classes): the things, each twice, and nothing."""
    found = np.zeros((rows, 4 + len(CLASSES)))
    found[:, 2:4] = 1.0
    for i, (kind, score, x1, y1, x2, y2) in enumerate(THINGS):
        for copy in (0, 1):
            row = 2 * i + copy
            found[row, :4] = (x1 + x2) / 2 + copy, (y1 + y2) / 2, x2 - x1, y2 - y1
            found[row, 4 + kind] = score - 0.1 * copy
    return found


def yolov8() -> dict[str, np.ndarray]:
    return {"out": centred().T[None]}


def yolov8_transposed() -> dict[str, np.ndarray]:
    return {"out": centred()[None]}


def yolov5() -> dict[str, np.ndarray]:
    rows = centred()
    certainty = rows[:, 4:].max(1, keepdims=True)
    kinds = np.where(rows[:, 4:] > 0, 1.0, 0.0)
    return {"out": np.concatenate([rows[:, :4], certainty, kinds], 1)[None]}


def yolo_e2e() -> dict[str, np.ndarray]:
    rows = np.zeros((1, 300, 6))
    for i, (kind, score, *corners) in enumerate(THINGS):
        rows[0, i] = [*corners, score, kind]
    return {"out": rows}


def yolox() -> dict[str, np.ndarray]:
    cells = [(x, y, stride) for stride in (8, 16, 32) for y in range(SIZE // stride) for x in range(SIZE // stride)]
    rows = np.zeros((len(cells), 5 + len(CLASSES)))
    for i, (kind, score, x1, y1, x2, y2) in enumerate(THINGS):
        x, y, stride = cells[i]
        rows[i, :4] = (
            (x1 + x2) / 2 / stride - x,
            (y1 + y2) / 2 / stride - y,
            np.log((x2 - x1) / stride),
            np.log((y2 - y1) / stride),
        )
        rows[i, 4], rows[i, 5 + kind] = 1.0, score
    return {"out": rows[None]}


def detr_logits() -> dict[str, np.ndarray]:
    boxes, logits = np.full((1, 20, 4), 0.5), np.full((1, 20, 91), -12.0)
    for i, (kind, score, x1, y1, x2, y2) in enumerate(THINGS):
        boxes[0, i] = np.array([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1]) / SIZE
        logits[0, i, kind + 1] = np.log(score / (1 - score))
    return {"dets": boxes, "labels": logits}


def detr_post() -> dict[str, np.ndarray]:
    labels, boxes, scores = np.zeros((1, 20)), np.zeros((1, 20, 4)), np.zeros((1, 20))
    boxes[..., 2:] = 1.0
    for i, (kind, score, *corners) in enumerate(THINGS):
        labels[0, i], boxes[0, i], scores[0, i] = kind, corners, score
    return {"labels": labels, "boxes": boxes, "scores": scores}


def yolov8_seg() -> dict[str, np.ndarray]:
    rows, protos = centred(), np.full((32, SIZE // 4, SIZE // 4), -1.0)
    coefficients = np.zeros((len(rows), 32))
    for i, (_, _, x1, y1, x2, y2) in enumerate(THINGS):
        protos[i, int(y1) // 4 : int(y2) // 4, int(x1) // 4 : int(x2) // 4] = 1.0
        coefficients[2 * i : 2 * i + 2, i] = 1.0
    return {"out": np.concatenate([rows, coefficients], 1).T[None], "protos": protos[None]}


LAYOUTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "yolov5": (yolov5, {}),
    "yolov8": (yolov8, {}),
    "yolov8 transposed": (yolov8_transposed, {"output": {"transposed": True}}),
    "yolo_e2e": (yolo_e2e, {}),
    "yolox": (yolox, {"input": {"resize": "letterbox_topleft", "color": "bgr", "scale": 1.0}}),
    "detr_logits": (detr_logits, {"output": {"class_offset": 1}, "input": {"resize": "stretch", "mean": [0.485, 0.456, 0.406],
                                                                         "std": [0.229, 0.224, 0.225]}}),
    "detr_post": (detr_post, {"input": {"resize": "stretch"}}),
    "yolov8_seg": (yolov8_seg, {}),
}  # fmt: skip


def write_layout(folder: Path, name: str) -> Path:
    make, more = LAYOUTS[name]
    outputs = make()
    return write(folder, model(outputs), name.split(maxsplit=1)[0], list(outputs), **more)
